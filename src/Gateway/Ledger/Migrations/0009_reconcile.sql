-- What resolving an unknown outcome takes when nobody asks again, and how long outcomes are kept.

ALTER TABLE idempotency
    -- The key as Tasker first sees it. Rows older than this column have none: the agent's own retry brings it again.
    ADD COLUMN tasker_key      text,
    -- The one project of the call: an answer is held to it, also when it is read later.
    ADD COLUMN project_id      uuid,
    -- Raised when Tasker has fenced the key; each generation is another key to Tasker. Nothing else raises it.
    ADD COLUMN generation      int NOT NULL DEFAULT 1 CHECK (generation > 0),
    ADD COLUMN attempts        int NOT NULL DEFAULT 0,
    ADD COLUMN next_attempt_at timestamptz,
    -- From then on only the key, its digest and its state are remembered.
    ADD COLUMN tombstoned_at   timestamptz,
    DROP CONSTRAINT idempotency_check,
    ADD CONSTRAINT idempotency_result_kept
        CHECK ((state IN ('succeeded', 'failed') AND tombstoned_at IS NULL) = (result IS NOT NULL));

CREATE INDEX idempotency_by_age ON idempotency (created_at);

-- Events are appended in the order of time: a few bytes for each stretch of them are enough to find an hour.
CREATE INDEX audit_events_by_time ON audit_events USING brin (at);

-- Up to when something was swept, so that replicas take turns and nothing is swept twice.
CREATE TABLE sweeps (
    name  text PRIMARY KEY,
    until timestamptz NOT NULL
);
