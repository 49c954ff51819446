-- The agents of a project, for its board: who wrote in it, found without reading the whole history.
CREATE INDEX issue_activities_project_agent ON issue_activities (project_id, agent_id) WHERE agent_id IS NOT NULL;
