-- Every state a description had, the present one included, and who wrote it. A change is two neighbours of this table:
-- what was there is the row before, so that nothing is stored twice.
ALTER TABLE issue_description_versions
    ADD COLUMN agent_name text,
    ADD COLUMN owner_id uuid REFERENCES users,
    ADD COLUMN session_id text,
    ADD COLUMN reason text,
    ADD COLUMN trace_id text,
    -- The version a person went back to, where this one is a restoration.
    ADD COLUMN restored_from bigint,
    -- What an agent asked to append, digested: the same request soon after is the same text, not a second copy.
    ADD COLUMN append_key bytea,
    -- The blocks an agent added or rewrote in this version, by UUID.
    ADD COLUMN agent_blocks text[] NOT NULL DEFAULT '{}';

INSERT INTO issue_description_versions (id, issue_id, content_rev, description_html, owned_by, created_at)
SELECT gen_random_uuid(), id, content_rev, description_html, CASE WHEN content_rev = 1 THEN created_by END, updated_at FROM issues
ON CONFLICT (issue_id, content_rev) DO NOTHING;

-- Who writes in this transaction, as the program said; a writer that says nothing is a person or a script outside of it.
CREATE FUNCTION description_writer() RETURNS jsonb LANGUAGE sql STABLE
    RETURN coalesce(nullif(current_setting('tasker.writer', true), ''), '{}')::jsonb;

CREATE FUNCTION block_ids(html text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower((regexp_matches(html, 'data-id="([0-9a-fA-F-]{36})"', 'g'))[1]);

CREATE FUNCTION issues_keep_description() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    writer jsonb := description_writer();
BEGIN
    INSERT INTO issue_description_versions AS v
        (id, issue_id, content_rev, description_html, owned_by, agent_id, agent_name, owner_id, session_id, reason, trace_id,
         restored_from, append_key, agent_blocks)
    VALUES (gen_random_uuid(), NEW.id, NEW.content_rev, NEW.description_html,
            coalesce((writer ->> 'actor')::uuid, CASE WHEN TG_OP = 'INSERT' THEN NEW.created_by END),
            writer ->> 'agent', writer ->> 'agent_name', (writer ->> 'owner')::uuid, writer ->> 'session', writer ->> 'reason',
            writer ->> 'trace', (writer ->> 'restored_from')::bigint, decode(writer ->> 'append_key', 'hex'),
            ARRAY(SELECT jsonb_array_elements_text(coalesce(writer -> 'blocks', '[]'))))
    ON CONFLICT (issue_id, content_rev) DO UPDATE
        SET description_html = excluded.description_html, agent_blocks = v.agent_blocks || excluded.agent_blocks;
    RETURN NULL;
END $$;
CREATE TRIGGER issues_keep_first_description AFTER INSERT ON issues FOR EACH ROW EXECUTE FUNCTION issues_keep_description();
CREATE TRIGGER issues_keep_description AFTER UPDATE ON issues FOR EACH ROW
    WHEN (NEW.description_html IS DISTINCT FROM OLD.description_html) EXECUTE FUNCTION issues_keep_description();

-- A person's edit leaves a line in the history too. An open editor saves the whole text as it knew it: where that takes away
-- what an agent wrote since, one line for each agent says so and names the version that still has it.
CREATE FUNCTION issues_notice_edit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    writer jsonb := description_writer();
BEGIN
    IF writer ? 'agent' THEN
        RETURN NULL;
    END IF;
    INSERT INTO issue_activities (id, issue_id, project_id, actor_id, verb, field, old_value, new_value, reason)
    VALUES (gen_random_uuid(), NEW.id, NEW.project_id, (writer ->> 'actor')::uuid,
            CASE WHEN writer ? 'restored_from' THEN 'restored' ELSE 'updated' END, 'description',
            'c' || OLD.content_rev, 'c' || NEW.content_rev, writer ->> 'reason');
    -- Going back to an earlier text takes things away on purpose.
    IF NOT writer ? 'restored_from' THEN
        INSERT INTO issue_activities (id, issue_id, project_id, actor_id, verb, field, old_value, new_value, reason)
        SELECT gen_random_uuid(), NEW.id, NEW.project_id, (writer ->> 'actor')::uuid, 'agent_content_lost', 'description',
               'c' || OLD.content_rev, v.agent_id, count(DISTINCT lost.id) || ' of the agent''s blocks are gone'
        FROM (SELECT block_ids(OLD.description_html) AS id EXCEPT SELECT block_ids(NEW.description_html)) lost
        JOIN issue_description_versions v ON v.issue_id = NEW.id AND v.agent_id IS NOT NULL AND lost.id = ANY(v.agent_blocks)
        GROUP BY v.agent_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER issues_notice_edit AFTER UPDATE ON issues FOR EACH ROW
    WHEN (NEW.description_html IS DISTINCT FROM OLD.description_html) EXECUTE FUNCTION issues_notice_edit();
