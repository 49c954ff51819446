-- Token buckets, one row per bucket: of an agent its calls and its writes, of an owner all agents' calls.
-- Read and charged inside the admission, by the database's clock, so that the limits hold over all replicas together.

ALTER TABLE agents
    ADD COLUMN call_rate   double precision CHECK (call_rate >= 0),
    ADD COLUMN call_burst  double precision CHECK (call_burst >= 0),
    ADD COLUMN write_rate  double precision CHECK (write_rate >= 0),
    ADD COLUMN write_burst double precision CHECK (write_burst >= 0),
    ADD CHECK ((call_rate IS NULL) = (call_burst IS NULL)),
    ADD CHECK ((write_rate IS NULL) = (write_burst IS NULL));

-- Every admission rewrites its buckets: the room left in each page keeps them where they are.
CREATE TABLE rates (
    id     text NOT NULL,
    kind   text NOT NULL CHECK (kind IN ('call', 'write', 'owner')),
    tokens double precision NOT NULL CHECK (tokens >= 0),
    at     timestamptz NOT NULL,
    PRIMARY KEY (id, kind)
) WITH (fillfactor = 40);
