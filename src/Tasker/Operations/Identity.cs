using AgentGateway.Tasker.Adapter;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Operations;

/// <summary>Whether the adapter can answer.</summary>
internal sealed record Health(string Status, string Contract);

/// <summary>Whose calls these are, as the tracker sees them.</summary>
internal sealed record Me(Me.GatewayView Gateway, Me.AgentIdentity Agent, bool AgentsEnabled, IReadOnlyList<Me.WorkspaceView> Workspaces)
{
    /// <summary>What the gateway may rely on.</summary>
    internal sealed record GatewayView(string Contract);

    /// <summary>The agent and its bot user, once it has written anything.</summary>
    internal sealed record AgentIdentity(string Id, string Name, string? Owner, Guid? ActorUserId);

    /// <summary>A workspace and how many of its projects are open to agents.</summary>
    internal sealed record WorkspaceView(string Slug, string Name, int Projects);
}

/// <summary>Answers the two questions that touch no project.</summary>
internal sealed class Identity(NpgsqlDataSource database, CallAssertion assertion)
{
    public async Task HealthAsync(HttpContext http)
    {
        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        await connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT 1", commandTimeout: 2, cancellationToken: http.RequestAborted));
        await Outcome.Of(StatusCodes.Status200OK, new Health("ok", AdapterRoutes.Contract), AdapterJson.Wire.Health).WriteAsync(http);
    }

    public async Task MeAsync(HttpContext http)
    {
        var caller = CallerHeaders.Read(http.Request, projects: false);
        await assertion.CheckAsync(http.Request, caller);
        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        var workspace = await Gate.LookAsync(connection, caller, http.RequestAborted) ?? throw Refuse.Project();
        var projects = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT count(*)::int FROM projects
            WHERE workspace_id = @Id AND agents_enabled AND archived_at IS NULL AND deleted_at IS NULL
            """,
            workspace,
            cancellationToken: http.RequestAborted));
        var me = new Me(
            new Me.GatewayView(AdapterRoutes.Contract),
            new Me.AgentIdentity(caller.AgentId, caller.AgentName, workspace.Owner, workspace.Bot),
            workspace.Enabled,
            [new Me.WorkspaceView(workspace.Slug, workspace.Name, projects)]);
        await Outcome.Of(StatusCodes.Status200OK, me, AdapterJson.Wire.Me).WriteAsync(http);
    }
}
