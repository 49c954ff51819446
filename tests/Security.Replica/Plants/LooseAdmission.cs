using System.Collections.Concurrent;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Security.Replica.Plants;

/// <summary>
/// Three admissions without a lock, each of which lets a call through after a revoke has returned. What each knows is a tenth of a
/// second old when it is written, as on a busy database: that widens the window and changes no order.
/// </summary>
internal sealed class LooseAdmission(NpgsqlDataSource database, TimeProvider clock)
{
    private const string Current = "id = $1 AND status = 'active' AND authority_version = $2";

    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<(string Agent, long Version), (bool Current, long Read)> _known = new();

    public static CallAdmission CachedForASecond(IServiceProvider provider) => Of(provider).CacheAsync;

    public static CallAdmission CheckThenInsert(IServiceProvider provider) => Of(provider).CheckAsync;

    public static CallAdmission InsertSelect(IServiceProvider provider) => Of(provider).InsertSelectAsync;

    private static LooseAdmission Of(IServiceProvider provider) =>
        new(provider.GetRequiredService<NpgsqlDataSource>(), provider.GetRequiredService<TimeProvider>());

    private async Task<Admission?> CacheAsync(AdmissionRequest request, CancellationToken cancel)
    {
        var authority = request.Permit.Authority;
        var key = (authority.Agent.Id, authority.Version);
        if (!_known.TryGetValue(key, out var known) || clock.GetElapsedTime(known.Read) > Freshness)
        {
            known = (await IsCurrentAsync(authority), clock.GetTimestamp());
            _known[key] = known;
        }

        return known.Current ? await InsertAsync(request, "true") : new Admission.StaleAuthority();
    }

    private async Task<Admission?> CheckAsync(AdmissionRequest request, CancellationToken cancel) =>
        await IsCurrentAsync(request.Permit.Authority) ? await InsertAsync(request, "true") : new Admission.StaleAuthority();

    private async Task<Admission?> InsertSelectAsync(AdmissionRequest request, CancellationToken cancel) =>
        await InsertAsync(request, $"EXISTS (SELECT FROM agents WHERE {Current})");

    private async Task<bool> IsCurrentAsync(Authority authority)
    {
        await using var check = database.CreateCommand($"SELECT EXISTS (SELECT FROM agents WHERE {Current})");
        AddAuthority(check, authority);
        return await check.ExecuteScalarAsync() is true;
    }

    private async Task<Admission> InsertAsync(AdmissionRequest request, string condition)
    {
        var id = Guid.CreateVersion7();
        await using var insert = database.CreateCommand(
            $"""
            INSERT INTO audit_events (id, kind, decision, agent_id, admission_id, request_id, tool)
            SELECT $3, 'admitted', 'allow', $1, $3, $4, $5
            FROM (VALUES ($2)) AS expected (version), pg_sleep(0.1) AS busy
            WHERE {condition}
            RETURNING at
            """);
        AddAuthority(insert, request.Permit.Authority);
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = id });
        insert.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.Origin.RequestId });
        insert.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Permit.Rule.Tool });
        return await insert.ExecuteScalarAsync() is DateTime at
            ? new Admission.Admitted(
                id, request, request.IdempotencyKey is null ? 0 : 1,
                new DateTimeOffset(at, TimeSpan.Zero) + Admission.Lifetime, clock.GetTimestamp())
            : new Admission.StaleAuthority();
    }

    private static void AddAuthority(NpgsqlCommand command, Authority authority)
    {
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = authority.Agent.Id });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = authority.Version });
    }
}
