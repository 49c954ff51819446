using System.Text.Json.Serialization;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Projects;

/// <summary>A project as the adapter shows it.</summary>
internal sealed record ProjectView
{
    public Guid Id { get; init; }

    public Guid ProjectId => Id;

    public string Key { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string Workspace { get; init; } = "";

    public string? DefaultState { get; init; }

    public int OpenCards { get; init; }

    public int ActiveCards { get; init; }

    public string[] AgentMaxScopes { get; init; } = [];

    /// <summary>Identifiers it had before; cards answer to them too.</summary>
    public string[] FormerKeys { get; init; } = [];

    [JsonIgnore]
    public string Folded { get; init; } = "";

    /// <summary>The agent-enabled projects of the workspace; of the granted ones only, when there is a list of them.</summary>
    public static async Task<IReadOnlyList<ProjectView>> OfAsync(Visit visit, IReadOnlyList<Guid> granted) =>
        (await visit.Connection.QueryAsync<ProjectView>(new CommandDefinition(
            """
            SELECT p.id, p.identifier AS key, p.name, p.description, @slug AS workspace, fold(p.name) AS folded,
                   p.agent_max_scopes AS agentmaxscopes,
                   (SELECT s.name FROM states s WHERE s.project_id = p.id AND s."default" AND s.deleted_at IS NULL
                    ORDER BY s.sequence LIMIT 1) AS defaultstate,
                   ARRAY(SELECT f.identifier FROM project_identifiers f WHERE f.project_id = p.id
                         AND NOT EXISTS (SELECT FROM projects o WHERE o.workspace_id = p.workspace_id
                                         AND o.identifier = f.identifier AND o.deleted_at IS NULL)
                         ORDER BY f.retired_at DESC) AS formerkeys,
                   n.open AS opencards, n.active AS activecards
            FROM projects p
            CROSS JOIN LATERAL (
                SELECT (count(*) FILTER (WHERE s."group" IN ('backlog', 'unstarted', 'started')))::int AS open,
                       (count(*) FILTER (WHERE s."group" = 'started'))::int AS active
                FROM issues i JOIN states s ON s.id = i.state_id
                WHERE i.project_id = p.id AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft) n
            WHERE p.workspace_id = @workspace AND p.agents_enabled AND p.archived_at IS NULL AND p.deleted_at IS NULL
              AND (cardinality(@granted) = 0 OR p.id = ANY(@granted))
            ORDER BY p.identifier
            """,
            new { workspace = visit.Workspace, slug = visit.Caller.Workspace, granted = granted.ToArray() },
            cancellationToken: visit.Cancel))).AsList();
}
