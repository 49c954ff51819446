-- Devices that ask for a token: what they said of themselves, and what an owner decided. Codes are kept as digests only;
-- the token is minted when it is fetched and is never here.

CREATE TABLE pairings (
    id               uuid PRIMARY KEY,
    device_digest    bytea NOT NULL UNIQUE CHECK (octet_length(device_digest) = 32),
    user_digest      bytea NOT NULL UNIQUE CHECK (octet_length(user_digest) = 32),
    challenge        bytea NOT NULL CHECK (octet_length(challenge) = 32),
    name             text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    host             text,
    client           text,
    requested        jsonb NOT NULL DEFAULT '{}',
    source           text NOT NULL,
    started_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at       timestamptz NOT NULL,
    interval_seconds int NOT NULL CHECK (interval_seconds > 0),
    polled_at        timestamptz,
    -- From the decision on it belongs to the owner who decided.
    owner_id         text,
    decision         text CHECK (decision IN ('approved', 'denied')),
    decided_by       text,
    decided_at       timestamptz,
    agent_id         text REFERENCES agents,
    token_days       int CHECK (token_days > 0),
    used_at          timestamptz,
    CHECK ((decision IS NULL) = (owner_id IS NULL)),
    CHECK (decision IS DISTINCT FROM 'approved' OR (agent_id IS NOT NULL AND token_days IS NOT NULL)),
    CHECK (used_at IS NULL OR decision = 'approved')
);

CREATE INDEX pairings_by_expiry ON pairings (expires_at);
CREATE INDEX pairings_by_owner ON pairings (owner_id) WHERE owner_id IS NOT NULL;

-- What was counted against an owner, a source or all together, and until when no more is answered; shared by all replicas.
CREATE TABLE pairing_limits (
    bucket       text PRIMARY KEY,
    hits         timestamptz[] NOT NULL DEFAULT '{}',
    locked_until timestamptz
);
