-- The audit in monthly partitions, with what makes tampering evident: a MAC per row, the transaction that wrote it, and
-- signed checkpoints over all rows. There is no default partition: a month without a partition refuses its rows.

DROP TRIGGER audit_events_append_only ON audit_events;
DROP TRIGGER audit_events_no_truncate ON audit_events;
DROP INDEX audit_events_by_agent;
ALTER TABLE audit_events DROP CONSTRAINT audit_events_pkey;
ALTER TABLE audit_events DROP CONSTRAINT audit_events_kind_check;
ALTER TABLE audit_events DROP CONSTRAINT audit_events_count_check;
ALTER TABLE audit_events RENAME TO audit_events_before;

CREATE TABLE audit_events (
    sequence        bigint GENERATED ALWAYS AS IDENTITY,
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
    epoch           int,
    replica         text,
    -- Which key made the MAC, so that keys can be changed; null with a null MAC: a row older than MACs.
    mac_key         smallint,
    mac             bytea CHECK (octet_length(mac) = 32),
    -- Identities have gaps and commit out of order. The transaction's number says when a row can have no more predecessors.
    tx              xid8 NOT NULL DEFAULT pg_current_xact_id(),
    PRIMARY KEY (sequence, at)
) PARTITION BY RANGE (at);

CREATE INDEX audit_events_by_agent ON audit_events (agent_id, sequence);
CREATE INDEX audit_events_by_tx ON audit_events (tx, sequence);

CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting();

-- Attached rather than created in place: attaching does not stop those who are writing.
CREATE FUNCTION make_audit_partition(month_of timestamptz) RETURNS text
    LANGUAGE plpgsql SECURITY INVOKER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    starts timestamptz := date_trunc('month', month_of AT TIME ZONE 'UTC') AT TIME ZONE 'UTC';
    ends   timestamptz := (date_trunc('month', month_of AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC';
    name   text := 'audit_events_' || to_char(month_of AT TIME ZONE 'UTC', 'YYYY_MM');
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('audit_partitions'), 0);
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN NULL;
    END IF;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.audit_events INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('CREATE TRIGGER audit_events_no_truncate BEFORE TRUNCATE ON public.%I
        FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_rewriting()', name);
    EXECUTE format('ALTER TABLE public.audit_events ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        name, starts, ends);
    RETURN name;
END
$$;
REVOKE ALL ON FUNCTION make_audit_partition(timestamptz) FROM PUBLIC;

-- All that the serving role may do to the schema: make the partitions of this and the next two months.
CREATE FUNCTION make_next_audit_partitions() RETURNS SETOF text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    ahead int;
    made  text;
BEGIN
    FOR ahead IN 0..2 LOOP
        made := public.make_audit_partition(
            (date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => ahead)) AT TIME ZONE 'UTC');
        IF made IS NOT NULL THEN
            RETURN NEXT made;
        END IF;
    END LOOP;
END
$$;
REVOKE ALL ON FUNCTION make_next_audit_partitions() FROM PUBLIC;

SELECT make_audit_partition(month AT TIME ZONE 'UTC')
FROM (SELECT DISTINCT date_trunc('month', at AT TIME ZONE 'UTC') AS month FROM audit_events_before) AS months;
SELECT make_next_audit_partitions();

INSERT INTO audit_events (
    sequence, id, at, kind, admission_id, request_id, door, agent_id, agent_name, owner_id, token_id, token_prefix, tool,
    project_ids, project_key, card, scope, effect, decision, reason, cause, manifest_digest, key_digest, argument_digest,
    upstream_status, duration_ms, client_name, client_version, thread_id, traceparent, remote_address, count, actor, epoch)
OVERRIDING SYSTEM VALUE
SELECT
    sequence, id, at, kind, admission_id, request_id, door, agent_id, agent_name, owner_id, token_id, token_prefix, tool,
    project_ids, project_key, card, scope, effect, decision, reason, cause, manifest_digest, key_digest, argument_digest,
    upstream_status, duration_ms, client_name, client_version, thread_id, traceparent, remote_address, count, actor, epoch
FROM audit_events_before
ORDER BY sequence;

SELECT setval(
    pg_get_serial_sequence('audit_events', 'sequence'),
    greatest(1, nextval(pg_get_serial_sequence('audit_events_before', 'sequence'))));

DROP TABLE audit_events_before;

-- One signed statement about the first tree_size rows in the order (tx, sequence). The leaves prove the root and say which row
-- differs; sequences say which row a missing leaf was. Neither is believed: both must lead to the signed root.
CREATE TABLE audit_checkpoints (
    number         bigint PRIMARY KEY CHECK (number > 0),
    origin         uuid NOT NULL,
    at             timestamptz NOT NULL,
    tree_size      bigint NOT NULL CHECK (tree_size > 0),
    root           bytea NOT NULL CHECK (octet_length(root) = 32),
    previous       bytea NOT NULL CHECK (octet_length(previous) = 32),
    first_tx       xid8 NOT NULL,
    first_sequence bigint NOT NULL,
    last_tx        xid8 NOT NULL,
    last_sequence  bigint NOT NULL,
    unproven       int NOT NULL CHECK (unproven >= 0),
    key_id         text NOT NULL,
    signature      bytea NOT NULL CHECK (octet_length(signature) = 64),
    frontier       bytea NOT NULL,
    leaves         bytea NOT NULL,
    sequences      bigint[] NOT NULL
);

CREATE FUNCTION refuse_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_checkpoints is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION refuse_resealing();

CREATE TRIGGER audit_checkpoints_no_truncate BEFORE TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_resealing();
