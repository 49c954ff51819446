using AgentGateway.Support;
using AgentGateway.Tasker.Seed;
using Dapper;

namespace AgentGateway.Tasker.Tests.Agents;

/// <summary>Tasker's pages before a real gateway; Anna administers the workspace, Maria is a member, both may have agents.</summary>
public sealed class AgentsWorld : IAsyncLifetime
{
    private TaskerSystem? _system;

    public static Guid Anna => SeedIds.Owner;

    public static Guid Maria => SeedIds.Person("maria");

    public TaskerSystem System => _system ?? throw new InvalidOperationException("The system has not been started.");

    public async Task InitializeAsync()
    {
        _system = await TaskerSystem.StartAsync();
        await System.EntitleAsync(Anna);
        await System.EntitleAsync(Maria);
    }

    public async Task DisposeAsync() => await System.DisposeAsync();

    /// <summary>Everything the gateway holds on agents, as one word: equal words, nothing changed.</summary>
    public async Task<string> FingerprintAsync()
    {
        await using var gateway = await System.GatewayData.OpenConnectionAsync();
        await using var tasker = await System.TaskerData.OpenConnectionAsync();
        var agents = await gateway.ExecuteScalarAsync<string>(
            """
            SELECT md5(coalesce(string_agg(t, '|' ORDER BY t), '')) FROM (
                SELECT (to_jsonb(a) - 'last_seen_at')::text FROM agents a
                UNION ALL SELECT g::text FROM grants g
                UNION ALL SELECT (to_jsonb(k) - 'last_used_at')::text FROM tokens k
                UNION ALL SELECT p.decision::text || p.id FROM pairings p) AS rows(t)
            """);
        var features = await tasker.ExecuteScalarAsync<string>(
            """
            SELECT md5(coalesce(string_agg(t, '|' ORDER BY t), '')) FROM (
                SELECT f::text FROM features f UNION ALL SELECT p::text FROM projects p) AS rows(t)
            """);
        return $"{agents} {features}";
    }
}
