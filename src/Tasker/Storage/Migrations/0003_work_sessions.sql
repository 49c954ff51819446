-- Which agent works on which card, as it reports itself. A session is one row and one comment, both changed in place; one
-- that ended stays as it ended.
CREATE TABLE work_sessions (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    id text NOT NULL CHECK (id ~ '^[A-Za-z0-9._-]{3,64}$'),
    issue_id uuid NOT NULL REFERENCES issues,
    agent_id text NOT NULL,
    agent_name text NOT NULL,
    owner_id uuid NOT NULL REFERENCES users,
    status text NOT NULL
        CHECK (status IN ('working', 'testing', 'needs_input', 'blocked', 'completed', 'partial', 'failed', 'abandoned')),
    goal text NOT NULL,
    -- [{"text": ..., "done": ...}], in the agent's order.
    plan jsonb NOT NULL DEFAULT '[]',
    progress_markdown text NOT NULL DEFAULT '',
    -- Why it ended, where the agent did not end it itself.
    ended_because text,
    comment_id uuid REFERENCES issue_comments,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    finished_at timestamptz,
    PRIMARY KEY (workspace_id, id)
);
-- One agent at a time works on a card.
CREATE UNIQUE INDEX work_sessions_open ON work_sessions (issue_id) WHERE finished_at IS NULL;
CREATE INDEX work_sessions_issue ON work_sessions (issue_id, started_at);
