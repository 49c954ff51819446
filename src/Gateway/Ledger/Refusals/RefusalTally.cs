namespace AgentGateway.Gateway.Ledger.Refusals;

/// <summary>Counts refusals that get no row of their own: which strangers' do is decided per second and source.</summary>
internal sealed class RefusalTally(TimeProvider clock)
{
    private const int LiteralPerSource = 5;
    private const int LiteralInAll = 200;

    // An attacker with many addresses must not fill the memory: beyond this they share one row.
    private const int SourcesInAll = 1000;

    private const string ManySources = "many";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _literal = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Source, string? Agent, string Reason), (Refusal Sample, int Count)> _counted = [];
    private long _second;
    private int _literalInAll;

    /// <summary>True: write a row of its own. False: it is counted and comes with the next <see cref="Drain"/>.</summary>
    public bool TakeLiteral(Refusal refusal)
    {
        lock (_gate)
        {
            StartSecond();
            var source = refusal.Origin.RemoteAddress ?? "";
            var taken = _literal.GetValueOrDefault(source);
            if (taken < LiteralPerSource && _literalInAll < LiteralInAll)
            {
                _literal[source] = taken + 1;
                _literalInAll++;
                return true;
            }

            CountLocked(refusal, 1);
            return false;
        }
    }

    public void Count(Refusal refusal, int count = 1)
    {
        lock (_gate)
        {
            CountLocked(refusal, count);
        }
    }

    public IReadOnlyList<(Refusal Sample, int Count)> Drain()
    {
        lock (_gate)
        {
            var all = _counted.Values.ToList();
            _counted.Clear();
            return all;
        }
    }

    private void CountLocked(Refusal refusal, int count)
    {
        var source = refusal.Origin.RemoteAddress ?? "";
        var key = (source, refusal.Authority?.Agent.Id, refusal.Reason.Code);
        if (!_counted.ContainsKey(key) && _counted.Count >= SourcesInAll)
        {
            key = (ManySources, null, refusal.Reason.Code);
            refusal = refusal with { Authority = null, Origin = refusal.Origin with { RemoteAddress = ManySources } };
        }

        var (sample, before) = _counted.GetValueOrDefault(key, (refusal, 0));
        _counted[key] = (sample, before + count);
    }

    private void StartSecond()
    {
        var second = clock.GetUtcNow().ToUnixTimeSeconds();
        if (second != _second)
        {
            _second = second;
            _literalInAll = 0;
            _literal.Clear();
        }
    }
}
