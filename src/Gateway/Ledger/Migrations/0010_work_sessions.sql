-- Which agent works on which card, as it says itself, and what it said last. The comment on the card is Tasker's.
-- A session begins and ends under the exclusive advisory lock of its agent and raises agents.authority_version, because
-- in mode "reporting" the cards of open sessions are all that may be changed. Every moment is the database's.

CREATE TABLE work_sessions (
    id               uuid PRIMARY KEY,
    agent_id         text NOT NULL REFERENCES agents,
    project_id       uuid NOT NULL,
    project_key      text NOT NULL,
    card_number      int NOT NULL CHECK (card_number > 0),
    goal             text NOT NULL CHECK (length(goal) BETWEEN 1 AND 500),
    plan             text[] NOT NULL DEFAULT '{}',
    done             int[] NOT NULL DEFAULT '{}',
    status           text NOT NULL DEFAULT 'working' CHECK (status IN ('working', 'testing', 'needs_input', 'blocked')),
    created_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- From when Tasker has it. Before that it is only wished for: nothing rests on it, and a retry of the call takes it up.
    started_at       timestamptz,
    reported_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
    reports          int NOT NULL DEFAULT 0,
    -- The last report, or the end, as the ledger knows it: saying the same again gets the same answer.
    last_key         text,
    last_fingerprint bytea CHECK (octet_length(last_fingerprint) = 32),
    ended_at         timestamptz,
    ended_because    text CHECK (ended_because IN ('finished', 'taken_over', 'card_gone', 'agent_revoked', 'agent_suspended',
                                                   'owner_blocked', 'grant_revoked')),
    outcome          text CHECK (outcome IN ('completed', 'partial', 'blocked', 'failed', 'abandoned')),
    -- When the gateway itself tells Tasker of an end that the agent did not report; null: there is nothing to tell.
    tell_at          timestamptz,
    tell_attempts    int NOT NULL DEFAULT 0,
    CHECK ((ended_at IS NULL) = (ended_because IS NULL)),
    CHECK ((ended_because IS NOT DISTINCT FROM 'finished') = (outcome IS NOT NULL))
);

CREATE UNIQUE INDEX work_sessions_one_open ON work_sessions (agent_id, project_id, card_number) WHERE ended_at IS NULL;
CREATE INDEX work_sessions_open_by_card ON work_sessions (project_id, card_number) WHERE ended_at IS NULL;
CREATE INDEX work_sessions_by_agent ON work_sessions (agent_id, started_at);
CREATE INDEX work_sessions_to_tell ON work_sessions (tell_at) WHERE tell_at IS NOT NULL;

-- A change of a session that was asked for and is not settled yet: made when its call is, dropped when its call was not done.
CREATE TABLE work_session_changes (
    agent_id    text NOT NULL,
    key_digest  bytea NOT NULL CHECK (octet_length(key_digest) = 32),
    session_id  uuid NOT NULL REFERENCES work_sessions ON DELETE CASCADE,
    step        text NOT NULL CHECK (step IN ('open', 'report', 'close')),
    status      text,
    done        int[] NOT NULL DEFAULT '{}',
    outcome     text,
    takes_over  uuid,
    last_key    text NOT NULL,
    fingerprint bytea NOT NULL,
    noted_at    timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (agent_id, key_digest)
);

CREATE INDEX work_session_changes_by_session ON work_session_changes (session_id);
CREATE INDEX work_session_changes_by_age ON work_session_changes (noted_at);
