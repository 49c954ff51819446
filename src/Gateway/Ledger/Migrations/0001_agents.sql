-- Agents, their tokens and grants: everything an authority is made of.
-- Every change here is made under the exclusive advisory lock of the agent (or of its owner) and
-- raises agents.authority_version; admissions hold the same locks shared. See LockKeys.cs.

CREATE TABLE agents (
    id                text PRIMARY KEY CHECK (id ~ '^ag_[0-9A-Za-z]{8,64}$'),
    name              text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    owner_id          text NOT NULL CHECK (length(owner_id) BETWEEN 1 AND 200),
    owner_name        text NOT NULL CHECK (length(owner_name) BETWEEN 1 AND 200),
    workspace         text NOT NULL CHECK (workspace ~ '^[A-Za-z0-9_-]{1,64}$'),
    mode              text NOT NULL CHECK (mode IN ('full', 'reporting', 'read_only')),
    status            text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'revoked')),
    authority_version bigint NOT NULL DEFAULT 1 CHECK (authority_version > 0),
    created_at        timestamptz NOT NULL DEFAULT clock_timestamp(),
    last_seen_at      timestamptz
);

CREATE INDEX agents_by_owner ON agents (owner_id, id);

CREATE TABLE tokens (
    id             uuid PRIMARY KEY,
    agent_id       text NOT NULL REFERENCES agents,
    digest         bytea NOT NULL UNIQUE CHECK (octet_length(digest) = 32),
    pepper_version smallint NOT NULL CHECK (pepper_version >= 0),
    prefix         text NOT NULL CHECK (length(prefix) = 12),
    label          text NOT NULL,
    created_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at     timestamptz,
    revoked_at     timestamptz,
    last_used_at   timestamptz
);

CREATE INDEX tokens_by_agent ON tokens (agent_id, created_at);

CREATE TABLE grants (
    agent_id     text NOT NULL REFERENCES agents,
    project_id   uuid NOT NULL,
    project_key  text NOT NULL CHECK (project_key ~ '^[A-Z][A-Z0-9]{0,11}$'),
    former_keys  text[] NOT NULL DEFAULT '{}',
    project_name text NOT NULL,
    scopes       text[] NOT NULL,
    bundle       text,
    revoked_at   timestamptz,
    PRIMARY KEY (agent_id, project_id)
);
