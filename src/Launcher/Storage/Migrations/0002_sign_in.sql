-- Links that sign one person in once; the code itself is in the link alone.

CREATE TABLE sign_in_links (
    code_hash  bytea PRIMARY KEY CHECK (octet_length(code_hash) = 32),
    user_id    uuid NOT NULL REFERENCES users,
    expires_at timestamptz NOT NULL
);

CREATE INDEX sign_in_links_expiry ON sign_in_links (expires_at);
