-- What owners and the Launcher keep here: descriptions, rotated tokens, entitlements, and the answers to repeated writes.

ALTER TABLE agents ADD COLUMN description text NOT NULL DEFAULT '' CHECK (length(description) <= 1000);

-- The token that replaced this one.
ALTER TABLE tokens ADD COLUMN superseded_by uuid REFERENCES tokens;

-- The Launcher's word, as it was last pushed. An owner is refused when any of its rows is blocked or none is enabled.
-- Changed under the exclusive lock of the owner; raises authority_version of all the owner's agents.
CREATE TABLE entitlements (
    client_id   text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 128),
    user_id     text NOT NULL CHECK (length(user_id) BETWEEN 1 AND 128),
    enabled     boolean NOT NULL,
    blocked     boolean NOT NULL,
    reason      text NOT NULL,
    actor       text NOT NULL,
    version     bigint NOT NULL CHECK (version > 0),
    occurred_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (user_id, client_id)
);

-- One row per owner and key, written in the transaction of the change. Answers never hold a token.
CREATE TABLE owner_operations (
    owner_id    text NOT NULL,
    key_digest  bytea NOT NULL CHECK (octet_length(key_digest) = 32),
    fingerprint bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    status      int NOT NULL,
    answer      bytea NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (owner_id, key_digest)
);
