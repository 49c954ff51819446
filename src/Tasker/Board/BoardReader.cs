using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Board;

/// <summary>Reads projects, columns and tiles; one statement each, whatever the number of cards.</summary>
internal sealed class BoardReader(NpgsqlDataSource database, TaskerSettings settings)
{
    public const int CardsPerColumn = 200;

    private const string TileColumns =
        """
        i.id, p.identifier AS key, i.sequence_id AS number, i.name AS title, i.priority, i.state_id AS state,
        s.name AS statename, s."group" AS stategroup, i.sort_order AS sortorder, to_char(i.target_date, 'YYYY-MM-DD') AS due,
        ARRAY(SELECT l.name FROM issue_labels x JOIN labels l ON l.id = x.label_id
              WHERE x.issue_id = i.id AND x.deleted_at IS NULL AND l.deleted_at IS NULL ORDER BY l.sort_order, l.id) AS labels,
        ARRAY(SELECT l.color FROM issue_labels x JOIN labels l ON l.id = x.label_id
              WHERE x.issue_id = i.id AND x.deleted_at IS NULL AND l.deleted_at IS NULL ORDER BY l.sort_order, l.id) AS labelcolors,
        ARRAY(SELECT u.display_name FROM issue_assignees x JOIN users u ON u.id = x.assignee_id
              WHERE x.issue_id = i.id AND x.deleted_at IS NULL ORDER BY x.created_at, u.id) AS assignees,
        (SELECT count(*)::int FROM issue_comments c WHERE c.issue_id = i.id AND c.deleted_at IS NULL) AS comments,
        (SELECT count(*)::int FROM issue_links x WHERE x.issue_id = i.id AND x.deleted_at IS NULL) AS links,
        regexp_count(i.description_html, 'data-checked="true"') AS checked,
        regexp_count(i.description_html, 'data-checked="(true|false)"') AS checks,
        w.agent_name AS agent, o.display_name AS agentowner,
        k.agent_name AS sessionagent, ko.display_name AS sessionowner, k.goal AS sessiongoal,
        CASE WHEN k.updated_at < clock_timestamp() - @stale THEN 'stale' ELSE k.status END AS sessionstatus,
        k.started_at AS sessionstarted, k.updated_at AS sessionreported
        """;

    private const string TileSources =
        """
        JOIN projects p ON p.id = i.project_id
        JOIN states s ON s.id = i.state_id
        LEFT JOIN LATERAL (
            SELECT agent_name, owner_id
            FROM ((SELECT created_at, agent_name, owner_id FROM issue_activities WHERE issue_id = i.id
                   ORDER BY created_at DESC, id DESC LIMIT 1)
                  UNION ALL
                  (SELECT created_at, agent_name, owner_id FROM issue_comments WHERE issue_id = i.id AND deleted_at IS NULL
                   ORDER BY created_at DESC LIMIT 1)) writes
            ORDER BY created_at DESC LIMIT 1) w ON true
        LEFT JOIN users o ON o.id = w.owner_id AND w.agent_name IS NOT NULL
        LEFT JOIN work_sessions k ON k.issue_id = i.id AND k.finished_at IS NULL
        LEFT JOIN users ko ON ko.id = k.owner_id
        """;

    private const string OfAgent =
        """
        (@agent::text IS NULL OR i.created_by_agent = @agent
         OR EXISTS (SELECT FROM issue_activities a WHERE a.issue_id = i.id AND a.agent_id = @agent)
         OR EXISTS (SELECT FROM issue_comments c WHERE c.issue_id = i.id AND c.agent_id = @agent AND c.deleted_at IS NULL))
        """;

    private const string Visible = "i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft";

    public async Task<IReadOnlyList<ProjectRow>> ProjectsAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<ProjectRow>(new CommandDefinition(
            """
            SELECT p.id, p.identifier AS key, p.name, p.description, w.name AS workspace,
                   p.agents_enabled AND coalesce(f.agents_enabled, false) AS agentsenabled,
                   count(*) FILTER (WHERE s."group" IN ('backlog', 'unstarted', 'started'))::int AS opencards,
                   count(*) FILTER (WHERE s."group" = 'completed')::int AS donecards,
                   ARRAY(SELECT u.display_name FROM project_members m JOIN users u ON u.id = m.member_id
                         WHERE m.project_id = p.id AND m.deleted_at IS NULL AND m.is_active AND u.is_active AND NOT u.is_bot
                         ORDER BY m.role DESC, u.display_name) AS members
            FROM projects p
            JOIN workspaces w ON w.id = p.workspace_id
            LEFT JOIN features f ON f.workspace_id = w.id
            LEFT JOIN issues i ON i.project_id = p.id AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft
            LEFT JOIN states s ON s.id = i.state_id
            WHERE p.deleted_at IS NULL AND p.archived_at IS NULL
            GROUP BY p.id, w.id, f.workspace_id
            ORDER BY w.name, p.name
            """,
            cancellationToken: cancel))).AsList();
    }

    public async Task<IReadOnlyList<StateRow>> StatesAsync(Guid project, string? agent, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<StateRow>(new CommandDefinition(
            $"""
            SELECT s.id, s.name, s."group", count(i.id)::int AS cards
            FROM states s
            LEFT JOIN issues i ON i.state_id = s.id AND {Visible} AND {OfAgent}
            WHERE s.project_id = @project AND s.deleted_at IS NULL
            GROUP BY s.id
            ORDER BY s.sequence, s.name
            """,
            new { project, agent },
            cancellationToken: cancel))).AsList();
    }

    /// <summary>Each column's first tiles; with an agent, those of the cards it worked on.</summary>
    public async Task<IReadOnlyList<CardRow>> CardsAsync(Guid project, string? agent, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<CardRow>(new CommandDefinition(
            $"""
            SELECT {TileColumns}
            FROM (SELECT *, row_number() OVER (PARTITION BY state_id ORDER BY sort_order, sequence_id) AS place
                  FROM issues i WHERE project_id = @project AND {Visible} AND {OfAgent}) i
            {TileSources}
            WHERE i.place <= @limit
            ORDER BY i.sort_order, i.sequence_id
            """,
            new { project, agent, limit = CardsPerColumn, stale = settings.SessionStaleAfter },
            cancellationToken: cancel))).AsList();
    }

    /// <summary>Tiles by id, or all below a parent; archived, deleted and foreign cards are not among them.</summary>
    public async Task<IReadOnlyList<CardRow>> CardsAsync(
        Guid project, Guid[] ids, Guid? parent, string? agent, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await connection.QueryAsync<CardRow>(new CommandDefinition(
            $"""
            SELECT {TileColumns}
            FROM issues i
            {TileSources}
            WHERE i.project_id = @project AND {Visible} AND (i.id = ANY(@ids) OR i.parent_id = @parent) AND {OfAgent}
            ORDER BY i.sort_order, i.sequence_id
            """,
            new { project, ids, parent, agent, stale = settings.SessionStaleAfter },
            cancellationToken: cancel))).AsList();
    }
}
