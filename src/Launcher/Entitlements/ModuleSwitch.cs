using AgentGateway.Launcher.People;
using AgentGateway.Launcher.Web;
using Dapper;

namespace AgentGateway.Launcher.Entitlements;

/// <summary>Shows and switches the module <c>codex_agents</c> of one person in one client.</summary>
internal static class ModuleSwitch
{
    private const int LongestReason = 500;

    public static async Task<ModuleState> GetAsync(Visit visit)
    {
        var client = visit.Route("client");
        await Clients.RequireAsync(visit, client);
        if (visit.UserId.ToString("D") != visit.Actor.Id)
        {
            visit.Actor.RequireManager(client);
        }

        return await ReadAsync(visit, client);
    }

    public static async Task<ModuleChange> PutAsync(Visit visit)
    {
        var client = visit.Route("client");
        await Clients.RequireAsync(visit, client);
        visit.Actor.RequireManager(client);
        var body = await visit.BodyAsync("enabled", "reason");
        var enabled = body.Flag("enabled");
        var reason = body.Text("reason", LongestReason, shortest: 0)!;
        if (!enabled && reason.Length == 0)
        {
            body.Add("reason", "must say why the agents are switched off");
        }

        body.Check();
        var subject = await Subject.LockAsync(visit, visit.UserId, client);
        var now = await ReadAsync(visit, client);
        if (!visit.Actor.Outranks(subject.Role, subject.IsOperator && subject.Id.ToString("D") != visit.Actor.Id, client))
        {
            throw Refuse.Role("root of the client, or operator");
        }

        if (now.Version > 0 && now.Enabled == enabled && now.Reason == reason)
        {
            return new ModuleChange(false, now);
        }

        await Projection.RecordAsync(
            visit, client, subject.Id, enabled ? "module_enabled" : "module_disabled", (enabled, subject.Blocked, reason, reason));
        return new ModuleChange(true, await ReadAsync(visit, client));
    }

    private static async Task<ModuleState> ReadAsync(Visit visit, string client) =>
        await visit.Connection.QuerySingleOrDefaultAsync<ModuleState>(new CommandDefinition(
            """
            SELECT m.client_id AS client, m.user_id AS "user", @CodexAgents AS module, coalesce(e.enabled, false) AS enabled,
                   u.blocked, coalesce(e.reason, '') AS reason, coalesce(e.version, 0) AS version, e.changed_by, e.changed_at
            FROM client_members AS m
            JOIN users AS u ON u.id = m.user_id
            LEFT JOIN entitlements AS e
              ON e.client_id = m.client_id AND e.user_id = m.user_id AND e.module = @CodexAgents
            WHERE m.client_id = @client AND m.user_id = @UserId
            """,
            new { client, visit.UserId, Projection.CodexAgents },
            cancellationToken: visit.Cancel)) ?? throw Refuse.User();
}
