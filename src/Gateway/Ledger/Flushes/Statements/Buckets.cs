using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes.Statements;

/// <summary>The token buckets that the calls of one flush draw on, and the place, from 1, of each call's own among them.</summary>
internal sealed class Buckets
{
    private const string EnsureSql =
        """
        INSERT INTO rates (id, kind, tokens, at)
        SELECT id, kind, burst, clock_timestamp() FROM unnest($1, $2, $3) AS b(id, kind, burst)
        ORDER BY id, kind
        ON CONFLICT DO NOTHING
        """;

    // In one order everywhere, so that none waits in a circle; the later statements see what the last holder left.
    private const string LockSql =
        """
        SELECT 1 FROM rates AS r JOIN unnest($1, $2) AS b(id, kind) ON r.id = b.id AND r.kind = b.kind
        ORDER BY r.id, r.kind FOR UPDATE OF r
        """;

    private readonly Dictionary<(string Id, string Kind), int> _places = [];
    private readonly List<(string Id, string Kind, Rate Rate)> _buckets = [];

    public Buckets(IReadOnlyList<PendingAdmission> calls, RateLimits limits)
    {
        foreach (var call in calls)
        {
            Calls.Add(Place(call.Authority.Agent.Id, "call", limits.CallsOf(call.Authority)));
            Writes.Add(call.IsWrite ? Place(call.Authority.Agent.Id, "write", limits.WritesOf(call.Authority)) : null);
            Owners.Add(Place(call.Authority.Agent.OwnerId, "owner", limits.OwnerCalls));
        }
    }

    public bool Any => _buckets.Count > 0;

    public List<int?> Calls { get; } = [];

    public List<int?> Writes { get; } = [];

    public List<int?> Owners { get; } = [];

    public NpgsqlBatchCommand Ensure() => new NpgsqlBatchCommand(EnsureSql)
        .Column(_buckets, b => b.Id).Column(_buckets, b => b.Kind).Column(_buckets, b => b.Rate.Burst);

    public NpgsqlBatchCommand Lock() => new NpgsqlBatchCommand(LockSql)
        .Column(_buckets, b => b.Id).Column(_buckets, b => b.Kind);

    /// <summary>Ids, kinds, rates and bursts: four parameters.</summary>
    public NpgsqlBatchCommand AddTo(NpgsqlBatchCommand command) => command
        .Column(_buckets, b => b.Id).Column(_buckets, b => b.Kind)
        .Column(_buckets, b => b.Rate.PerSecond).Column(_buckets, b => b.Rate.Burst);

    private int? Place(string id, string kind, Rate rate)
    {
        if (rate.IsUnlimited)
        {
            return null;
        }

        if (!_places.TryGetValue((id, kind), out var place))
        {
            _buckets.Add((id, kind, rate));
            _places[(id, kind)] = place = _buckets.Count;
        }

        return place;
    }
}
