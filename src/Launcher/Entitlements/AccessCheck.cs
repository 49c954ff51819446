using AgentGateway.Launcher.Web;
using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.Entitlements;

/// <summary>Whether a person may use the module in one client.</summary>
internal sealed record ClientAccess(string Client, bool Enabled, long Version, string Reason);

/// <summary>Whether a person may use a module at all; the version is the highest of their clients'.</summary>
internal sealed record AccessAnswer(
    Guid User, string Module, bool Allowed, bool Enabled, bool Blocked, long Version, IReadOnlyList<ClientAccess> Clients);

/// <summary>Answers the gateway's question; a person nobody knows is allowed nothing, like one who was never entitled.</summary>
internal sealed class AccessCheck(NpgsqlDataSource database)
{
    public async Task<IResult> RunAsync(HttpContext http)
    {
        var query = new QueryArguments(http.Request, "user", "module");
        var user = query.Id("user") ?? throw Refuse.Field("user", "is required");
        var module = query.Text("module", 40) ?? throw Refuse.Field("module", "is required");
        if (module != Projection.CodexAgents)
        {
            throw Refuse.Field("module", $"must be {Projection.CodexAgents}");
        }

        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        // One statement, one snapshot: a block and the versions it made are seen together or not at all.
        var rows = (await connection.QueryAsync<(bool Blocked, string? Client, bool Enabled, long Version, string Reason)>(
            new CommandDefinition(
                """
                SELECT u.blocked, e.client_id, coalesce(e.enabled, false), coalesce(e.version, 0), coalesce(e.reason, '')
                FROM users AS u LEFT JOIN entitlements AS e ON e.user_id = u.id AND e.module = @module
                WHERE u.id = @user ORDER BY e.client_id
                """,
                new { user, module },
                cancellationToken: http.RequestAborted))).AsList();
        var clients = rows.Where(row => row.Client is not null)
            .Select(row => new ClientAccess(row.Client!, row.Enabled, row.Version, row.Reason)).ToList();
        var enabled = clients.Exists(client => client.Enabled);
        var blocked = rows.Exists(row => row.Blocked);
        var version = clients.Count == 0 ? 0 : clients.Max(client => client.Version);
        return Results.Json(
            new AccessAnswer(user, module, enabled && !blocked, enabled, blocked, version, clients), LauncherJson.Wire.AccessAnswer);
    }
}
