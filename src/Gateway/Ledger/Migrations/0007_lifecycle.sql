-- Who ended a token and why; until when the Launcher's word holds; how long answers to owners' writes are kept.

ALTER TABLE tokens ADD COLUMN revoked_by text, ADD COLUMN reason text;

-- The Launcher said it, or said again that it still holds. A word that is not confirmed for too long holds no more.
ALTER TABLE entitlements ADD COLUMN confirmed_at timestamptz;
UPDATE entitlements SET confirmed_at = received_at;
ALTER TABLE entitlements
    ALTER COLUMN confirmed_at SET DEFAULT clock_timestamp(),
    ALTER COLUMN confirmed_at SET NOT NULL;

-- When an owner's entitlement is asked for next. Replicas take what is due from here, each row to one of them.
CREATE TABLE entitlement_checks (
    owner_id    text PRIMARY KEY,
    next_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
    answered_at timestamptz
);

CREATE INDEX entitlement_checks_due ON entitlement_checks (next_at);

CREATE INDEX owner_operations_by_age ON owner_operations (created_at);
