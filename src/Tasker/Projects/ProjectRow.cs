using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Cards;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Projects;

/// <summary>A project that this request may touch: granted by the gateway, and open to agents in the tracker now.</summary>
internal sealed record ProjectRow
{
    private const string Select =
        """
        SELECT p.id, p.identifier AS key, p.name, p.description, p.conventions, p.agent_max_scopes AS maxscopes
        FROM projects p
        WHERE p.workspace_id = @workspace AND p.id = @id AND p.agents_enabled AND p.archived_at IS NULL AND p.deleted_at IS NULL
        """;

    public Guid Id { get; init; }

    public string Key { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public string? Conventions { get; init; }

    public string[] MaxScopes { get; init; } = [];

    /// <summary>The tracker's own ceiling, whatever the gateway granted; an empty list sets none.</summary>
    public void Demand(string scope)
    {
        if (MaxScopes is not [] && !MaxScopes.Contains(scope))
        {
            throw Refuse.Scope(scope);
        }
    }

    public static Task<ProjectRow> FromRouteAsync(Visit visit, HttpContext http) =>
        Guid.TryParseExact(http.Request.RouteValues["project"] as string, "D", out var id)
            ? GrantedAsync(visit, id)
            : throw Refuse.Project();

    public static async Task<ProjectRow> GrantedAsync(Visit visit, Guid id) =>
        visit.Caller.Projects is [var only] && only == id
            ? await visit.Connection.QuerySingleOrDefaultAsync<ProjectRow>(new CommandDefinition(
                Select, new { workspace = visit.Workspace, id }, cancellationToken: visit.Cancel)) ?? throw Refuse.Project()
            : throw Refuse.Project();

    /// <summary>The granted project, if the key's prefix is its identifier or one it had and nobody took since.</summary>
    public static async Task<ProjectRow> OfCardAsync(Visit visit, CardKey key) =>
        visit.Caller.Projects is [var only]
            ? await visit.Connection.QuerySingleOrDefaultAsync<ProjectRow>(new CommandDefinition(
                Select +
                """
                 AND (p.identifier = @Prefix OR (
                    EXISTS (SELECT FROM project_identifiers f WHERE f.workspace_id = p.workspace_id
                            AND f.identifier = @Prefix AND f.project_id = p.id)
                    AND NOT EXISTS (SELECT FROM projects o WHERE o.workspace_id = p.workspace_id
                                    AND o.identifier = @Prefix AND o.deleted_at IS NULL)))
                """,
                new { workspace = visit.Workspace, id = only, key.Prefix },
                cancellationToken: visit.Cancel)) ?? throw Refuse.Project()
            : throw Refuse.Project();
}
