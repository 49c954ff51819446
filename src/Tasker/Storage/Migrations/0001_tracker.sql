-- The tracker's own tables, named as Plane names them, so that the statements written here read the same in the fork.
-- Nothing is ever deleted: people archive and soft-delete, agents can do neither.

-- How names are compared: composed, without case, without outer or repeated white space; nothing is ever stored folded
-- but keys of comparison. ICU, because the database's own locale may know ASCII alone.
CREATE FUNCTION fold(value text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(normalize(btrim(regexp_replace(value, '\s+', ' ', 'g')), NFC) COLLATE "und-x-icu");

-- The words of a text for search: paths, hosts and identifiers are taken apart, so that their parts can be found.
CREATE FUNCTION search_words(value text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN to_tsvector('simple', translate(fold(value), './_:@#+=\-', '          '));

CREATE TABLE users (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    display_name text NOT NULL,
    first_name text NOT NULL DEFAULT '',
    last_name text NOT NULL DEFAULT '',
    is_bot boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX users_email ON users (lower(email));

CREATE TABLE workspaces (
    id uuid PRIMARY KEY,
    slug text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The switch on Workspace settings → Features; without a row agents are off.
CREATE TABLE features (
    workspace_id uuid PRIMARY KEY REFERENCES workspaces,
    agents_enabled boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_by uuid REFERENCES users
);

-- Roles: 5 guest, 15 member, 20 admin.
CREATE TABLE workspace_members (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    member_id uuid NOT NULL REFERENCES users,
    role smallint NOT NULL CHECK (role IN (5, 15, 20)),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX workspace_members_live ON workspace_members (workspace_id, member_id) WHERE deleted_at IS NULL;

CREATE TABLE projects (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    identifier text NOT NULL CHECK (identifier ~ '^[A-Z][A-Z0-9]{0,11}$'),
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    agents_enabled boolean NOT NULL DEFAULT false,
    agent_max_scopes text[] NOT NULL DEFAULT '{}',
    conventions text,
    archived_at timestamptz,
    deleted_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE UNIQUE INDEX projects_identifier ON projects (workspace_id, identifier) WHERE deleted_at IS NULL;

-- Identifiers a project used to have: cards keep answering to their old keys until another project takes the identifier.
CREATE TABLE project_identifiers (
    workspace_id uuid NOT NULL REFERENCES workspaces,
    identifier text NOT NULL,
    project_id uuid NOT NULL REFERENCES projects,
    retired_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (workspace_id, identifier)
);

CREATE TABLE project_members (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects,
    member_id uuid NOT NULL REFERENCES users,
    role smallint NOT NULL CHECK (role IN (5, 15, 20)),
    is_active boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX project_members_live ON project_members (project_id, member_id) WHERE deleted_at IS NULL;

CREATE TABLE states (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects,
    name text NOT NULL,
    "group" text NOT NULL CHECK ("group" IN ('backlog', 'unstarted', 'started', 'completed', 'cancelled')),
    sequence double precision NOT NULL,
    color text NOT NULL DEFAULT '#60646c',
    "default" boolean NOT NULL DEFAULT false,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX states_name ON states (project_id, name) WHERE deleted_at IS NULL;

CREATE TABLE labels (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects,
    name text NOT NULL,
    color text NOT NULL DEFAULT '#60646c',
    parent_id uuid REFERENCES labels,
    sort_order double precision NOT NULL DEFAULT 65535,
    deleted_at timestamptz
);
CREATE UNIQUE INDEX labels_name ON labels (project_id, name) WHERE deleted_at IS NULL;

CREATE TABLE estimates (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects,
    name text NOT NULL,
    type text NOT NULL DEFAULT 'points',
    deleted_at timestamptz
);

CREATE TABLE estimate_points (
    id uuid PRIMARY KEY,
    estimate_id uuid NOT NULL REFERENCES estimates,
    key integer NOT NULL,
    value text NOT NULL,
    deleted_at timestamptz
);

CREATE TABLE issues (
    id uuid PRIMARY KEY,
    workspace_id uuid NOT NULL REFERENCES workspaces,
    project_id uuid NOT NULL REFERENCES projects,
    sequence_id integer NOT NULL,
    name varchar(255) NOT NULL,
    description_html text NOT NULL DEFAULT '<p></p>',
    description_stripped text NOT NULL DEFAULT '',
    priority text NOT NULL DEFAULT 'none' CHECK (priority IN ('urgent', 'high', 'medium', 'low', 'none')),
    state_id uuid NOT NULL REFERENCES states,
    parent_id uuid REFERENCES issues,
    estimate_point uuid REFERENCES estimate_points,
    start_date date,
    target_date date,
    sort_order double precision NOT NULL DEFAULT 65535,
    completed_at timestamptz,
    archived_at timestamptz,
    deleted_at timestamptz,
    is_draft boolean NOT NULL DEFAULT false,
    created_by uuid NOT NULL REFERENCES users,
    created_by_agent text,
    external_source text,
    external_id text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    -- rev counts the card's changes, one per transaction; content_rev counts those of its description.
    rev bigint NOT NULL DEFAULT 1,
    content_rev bigint NOT NULL DEFAULT 1,
    rev_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    content_xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    name_key text NOT NULL GENERATED ALWAYS AS (fold(name)) STORED,
    search tsvector NOT NULL GENERATED ALWAYS AS
        (setweight(search_words(name), 'A') || setweight(search_words(left(description_stripped, 100000)), 'B')) STORED,
    UNIQUE (project_id, sequence_id)
);
CREATE INDEX issues_board ON issues (project_id, state_id, sort_order)
    WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_recent ON issues (project_id, updated_at DESC, sequence_id DESC)
    WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_parent ON issues (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX issues_natural_key ON issues (project_id, created_by, name_key, created_at);
CREATE INDEX issues_search ON issues USING gin (search);
CREATE UNIQUE INDEX issues_external ON issues (project_id, external_source, external_id)
    WHERE external_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE issue_labels (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES issues,
    label_id uuid NOT NULL REFERENCES labels,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX issue_labels_live ON issue_labels (issue_id, label_id) WHERE deleted_at IS NULL;
CREATE INDEX issue_labels_label ON issue_labels (label_id, issue_id) WHERE deleted_at IS NULL;

CREATE TABLE issue_assignees (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES issues,
    assignee_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX issue_assignees_live ON issue_assignees (issue_id, assignee_id) WHERE deleted_at IS NULL;
CREATE INDEX issue_assignees_assignee ON issue_assignees (assignee_id, issue_id) WHERE deleted_at IS NULL;

CREATE TABLE issue_comments (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES issues,
    project_id uuid NOT NULL REFERENCES projects,
    comment_html text NOT NULL,
    body_markdown text NOT NULL,
    actor_id uuid NOT NULL REFERENCES users,
    agent_id text,
    agent_name text,
    owner_id uuid REFERENCES users,
    session_id text,
    parent_id uuid REFERENCES issue_comments,
    access text NOT NULL DEFAULT 'INTERNAL' CHECK (access IN ('INTERNAL', 'EXTERNAL')),
    external_source text,
    external_id text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    edited_at timestamptz,
    deleted_at timestamptz,
    search tsvector NOT NULL GENERATED ALWAYS AS (search_words(left(body_markdown, 100000))) STORED
);
CREATE INDEX issue_comments_search ON issue_comments USING gin (search);
CREATE INDEX issue_comments_issue ON issue_comments (issue_id, created_at) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX issue_comments_external ON issue_comments (issue_id, external_source, external_id)
    WHERE external_id IS NOT NULL AND deleted_at IS NULL;

CREATE TABLE issue_links (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES issues,
    url text NOT NULL,
    title text,
    kind text NOT NULL DEFAULT 'other',
    created_by uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    deleted_at timestamptz
);
CREATE UNIQUE INDEX issue_links_url ON issue_links (issue_id, md5(url)) WHERE deleted_at IS NULL;

CREATE TABLE issue_activities (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES issues,
    project_id uuid NOT NULL REFERENCES projects,
    actor_id uuid REFERENCES users,
    agent_id text,
    agent_name text,
    owner_id uuid REFERENCES users,
    session_id text,
    verb text NOT NULL,
    field text,
    old_value text,
    new_value text,
    reason text,
    trace_id text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX issue_activities_issue ON issue_activities (issue_id, created_at, id);
CREATE INDEX issue_activities_agent ON issue_activities (agent_id, issue_id) WHERE agent_id IS NOT NULL;

-- What was done to a project itself, such as who was let in.
CREATE TABLE project_activities (
    id uuid PRIMARY KEY,
    project_id uuid NOT NULL REFERENCES projects,
    actor_id uuid REFERENCES users,
    agent_id text,
    agent_name text,
    owner_id uuid REFERENCES users,
    session_id text,
    verb text NOT NULL,
    subject_id uuid,
    new_value text,
    reason text,
    trace_id text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX project_activities_project ON project_activities (project_id, created_at);

-- What a description was before a change, so that nothing an agent or a stale browser overwrites is lost.
CREATE TABLE issue_description_versions (
    id uuid PRIMARY KEY,
    issue_id uuid NOT NULL REFERENCES issues,
    content_rev bigint NOT NULL,
    description_html text NOT NULL,
    owned_by uuid REFERENCES users,
    agent_id text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (issue_id, content_rev)
);

-- One bot user per agent: history shows who acted, and deactivating the agent deactivates nobody else.
CREATE TABLE agent_bots (
    agent_id text PRIMARY KEY,
    user_id uuid NOT NULL UNIQUE REFERENCES users,
    name text NOT NULL,
    owner_id uuid NOT NULL REFERENCES users,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- One row per write of an agent, in the transaction of its effect: a replay returns the body, a fenced key is refused.
CREATE TABLE adapter_operations (
    agent_id text NOT NULL,
    key text NOT NULL,
    fingerprint bytea,
    state text NOT NULL CHECK (state IN ('running', 'done', 'fenced')),
    status smallint,
    body text,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (agent_id, key)
);
CREATE INDEX adapter_operations_age ON adapter_operations (created_at);

-- Every request that reached the raw tracker API: agents must never appear here.
CREATE TABLE raw_api_hits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    method text NOT NULL,
    path text NOT NULL,
    status smallint,
    remote text,
    user_agent text
);

-- The change feed. Readers order by (xid, id) and stop at the oldest running transaction: ids alone commit out of order.
CREATE TABLE card_changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    project_id uuid NOT NULL,
    issue_id uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX card_changes_feed ON card_changes (project_id, xid, id);

-- Revisions move in the database, so that a person's edit on the board counts exactly as an agent's does.
CREATE FUNCTION issues_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.rev_xid IS DISTINCT FROM pg_current_xact_id() THEN
        NEW.rev := OLD.rev + 1;
        NEW.rev_xid := pg_current_xact_id();
    END IF;
    IF NEW.description_html IS DISTINCT FROM OLD.description_html THEN
        INSERT INTO issue_description_versions (id, issue_id, content_rev, description_html)
        VALUES (gen_random_uuid(), OLD.id, OLD.content_rev, OLD.description_html)
        ON CONFLICT (issue_id, content_rev) DO NOTHING;
        IF NEW.content_xid IS DISTINCT FROM pg_current_xact_id() THEN
            NEW.content_rev := OLD.content_rev + 1;
            NEW.content_xid := pg_current_xact_id();
        END IF;
    END IF;
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER issues_revise BEFORE UPDATE ON issues FOR EACH ROW EXECUTE FUNCTION issues_revise();

-- Channel "board": {"project","card","kind","rev"}; one message per card and transaction reaches open boards.
CREATE FUNCTION publish_card_change(project uuid, issue uuid, what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO card_changes (project_id, issue_id, kind) VALUES (project, issue, what);
    PERFORM pg_notify('board', json_build_object(
        'project', project, 'card', p.identifier || '-' || i.sequence_id, 'kind', what, 'rev', 'r' || i.rev)::text)
    FROM issues i JOIN projects p ON p.id = i.project_id WHERE i.id = issue;
END $$;

CREATE FUNCTION issues_publish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_card_change(NEW.project_id, NEW.id, CASE WHEN TG_OP = 'INSERT' THEN 'created' ELSE 'updated' END);
    RETURN NULL;
END $$;
CREATE TRIGGER issues_created AFTER INSERT ON issues FOR EACH ROW EXECUTE FUNCTION issues_publish();
CREATE TRIGGER issues_updated AFTER UPDATE ON issues FOR EACH ROW
    WHEN (NEW.rev IS DISTINCT FROM OLD.rev) EXECUTE FUNCTION issues_publish();

CREATE FUNCTION comments_publish() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM publish_card_change(NEW.project_id, NEW.issue_id, 'commented');
    RETURN NULL;
END $$;
CREATE TRIGGER comments_written AFTER INSERT OR UPDATE ON issue_comments FOR EACH ROW EXECUTE FUNCTION comments_publish();

-- Labels, assignees and links belong to the card: changing them changes the card's revision.
CREATE FUNCTION issue_touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE issues SET updated_at = clock_timestamp() WHERE id = NEW.issue_id;
    RETURN NULL;
END $$;
CREATE TRIGGER issue_labels_touch AFTER INSERT OR UPDATE ON issue_labels FOR EACH ROW EXECUTE FUNCTION issue_touch();
CREATE TRIGGER issue_assignees_touch AFTER INSERT OR UPDATE ON issue_assignees FOR EACH ROW EXECUTE FUNCTION issue_touch();
CREATE TRIGGER issue_links_touch AFTER INSERT OR UPDATE ON issue_links FOR EACH ROW EXECUTE FUNCTION issue_touch();

-- A project keeps answering to the identifiers it had.
CREATE FUNCTION project_revise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.identifier <> OLD.identifier THEN
        INSERT INTO project_identifiers (workspace_id, identifier, project_id)
        VALUES (OLD.workspace_id, OLD.identifier, OLD.id)
        ON CONFLICT (workspace_id, identifier) DO UPDATE SET project_id = excluded.project_id, retired_at = clock_timestamp();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER project_revise BEFORE UPDATE ON projects FOR EACH ROW EXECUTE FUNCTION project_revise();
