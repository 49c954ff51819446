-- The book itself: events are only ever appended, idempotency rows carry the state of a write.

CREATE TABLE audit_events (
    sequence        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id              uuid NOT NULL,
    at              timestamptz NOT NULL DEFAULT clock_timestamp(),
    kind            text NOT NULL CHECK (kind IN ('admitted', 'settled', 'refused', 'replayed', 'lifecycle')),
    admission_id    uuid,
    request_id      uuid,
    door            text,
    agent_id        text,
    agent_name      text,
    owner_id        text,
    token_id        uuid,
    token_prefix    text,
    tool            text,
    project_ids     uuid[],
    project_key     text,
    card            text,
    scope           text,
    effect          text,
    decision        text NOT NULL,
    reason          text,
    cause           text,
    manifest_digest text,
    key_digest      bytea,
    argument_digest bytea,
    upstream_status int,
    duration_ms     int,
    client_name     text,
    client_version  text,
    thread_id       text,
    traceparent     text,
    remote_address  text,
    count           int NOT NULL DEFAULT 1 CHECK (count > 0),
    actor           text,
    epoch           int
);

CREATE INDEX audit_events_by_agent ON audit_events (agent_id, sequence);

CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_events is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- One row per agent and key. The key itself is not kept, only its digest.
CREATE TABLE idempotency (
    agent_id        text NOT NULL,
    key_digest      bytea NOT NULL CHECK (octet_length(key_digest) = 32),
    fingerprint     bytea NOT NULL CHECK (octet_length(fingerprint) = 32),
    tool            text NOT NULL,
    state           text NOT NULL CHECK (state IN ('dispatching', 'succeeded', 'failed', 'released', 'in_doubt')),
    epoch           int NOT NULL CHECK (epoch > 0),
    admission_id    uuid NOT NULL,
    lease_until     timestamptz NOT NULL,
    outcome         text,
    result          bytea,
    upstream_status int,
    card            text,
    created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at      timestamptz,
    PRIMARY KEY (agent_id, key_digest),
    CHECK ((state IN ('succeeded', 'failed')) = (result IS NOT NULL))
);

CREATE INDEX idempotency_unsettled ON idempotency (agent_id, lease_until) WHERE state IN ('dispatching', 'in_doubt');
