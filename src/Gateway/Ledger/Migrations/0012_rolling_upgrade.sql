-- A schema may be newer than a program that still serves on it while its replicas are replaced. Migrations only add; one that
-- takes something away, or asks writers for more, sets this to its own number in the same script.
CREATE TABLE schema_floor (
    oldest_program int NOT NULL
);

INSERT INTO schema_floor VALUES (12);
