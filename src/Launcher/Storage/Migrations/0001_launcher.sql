-- Who exists, who belongs to which client, who may have agents, and what the gateway still has to hear about it.

CREATE TABLE users (
    id             uuid PRIMARY KEY,
    email          text NOT NULL CHECK (char_length(email) BETWEEN 3 AND 254),
    display_name   text NOT NULL CHECK (char_length(display_name) BETWEEN 1 AND 120),
    is_operator    boolean NOT NULL DEFAULT false,
    blocked        boolean NOT NULL DEFAULT false,
    blocked_reason text NOT NULL DEFAULT '',
    created_at     timestamptz NOT NULL DEFAULT now()
);

CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE clients (
    id         text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9-]{1,47}$'),
    name       text NOT NULL CHECK (char_length(name) BETWEEN 1 AND 120),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE contours (
    client_id text NOT NULL REFERENCES clients,
    id        text NOT NULL,
    name      text NOT NULL,
    PRIMARY KEY (client_id, id)
);

-- The modules a contour can hold; each entitlement is one of them for one person of one client.
CREATE TABLE modules (
    id      text PRIMARY KEY,
    contour text NOT NULL,
    name    text NOT NULL
);

INSERT INTO modules (id, contour, name) VALUES
    ('tasker', 'operational-core', 'Tasker'),
    ('codex_agents', 'operational-core', 'Codex agents');

CREATE TABLE client_members (
    client_id text NOT NULL REFERENCES clients,
    user_id   uuid NOT NULL REFERENCES users,
    role      text NOT NULL CHECK (role IN ('root', 'admin', 'member')),
    PRIMARY KEY (client_id, user_id)
);

CREATE INDEX client_members_user ON client_members (user_id);

-- The version counts every change of what the gateway must know: the module's switch and the user's block.
CREATE TABLE entitlements (
    client_id  text NOT NULL,
    user_id    uuid NOT NULL,
    module     text NOT NULL REFERENCES modules,
    enabled    boolean NOT NULL,
    reason     text NOT NULL,
    version    bigint NOT NULL CHECK (version > 0),
    changed_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    PRIMARY KEY (client_id, user_id, module),
    FOREIGN KEY (client_id, user_id) REFERENCES client_members
);

CREATE INDEX entitlements_user ON entitlements (user_id);

CREATE TABLE audit (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    actor     text NOT NULL,
    action    text NOT NULL,
    client_id text,
    user_id   uuid,
    module    text,
    version   bigint,
    enabled   boolean,
    blocked   boolean,
    reason    text NOT NULL
);

CREATE INDEX audit_client ON audit (client_id, id);
CREATE UNIQUE INDEX audit_version ON audit (client_id, user_id, module, version);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$
BEGIN
    RAISE EXCEPTION 'The audit is append-only.' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- One row per version, kept after its delivery: the record of what the gateway was told and when.
CREATE TABLE outbox (
    id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    client_id       text NOT NULL,
    user_id         uuid NOT NULL,
    module          text NOT NULL,
    version         bigint NOT NULL,
    enabled         boolean NOT NULL,
    blocked         boolean NOT NULL,
    reason          text NOT NULL,
    actor           text NOT NULL,
    occurred_at     timestamptz NOT NULL,
    state           text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'superseded')),
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT '-infinity',
    last_attempt_at timestamptz,
    last_error      text,
    applied         boolean,
    delivered_at    timestamptz,
    UNIQUE (client_id, user_id, module, version)
);

CREATE INDEX outbox_pending ON outbox (next_attempt_at) WHERE state = 'pending';
CREATE INDEX outbox_pending_order ON outbox (client_id, user_id, module, version) WHERE state = 'pending';
