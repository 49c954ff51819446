using AgentGateway.Gateway.Ledger.Flushes;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Refusals;

/// <summary>
/// Writes refusals down without letting a flood of strangers, or of one agent, write the disk full: up to five rows a
/// second per source, then one row per second, source and reason with a count. No refusal is uncounted, and no answer waits above two seconds.
/// </summary>
internal sealed class RefusalBook(NpgsqlDataSource database, TimeProvider clock, ILogger<RefusalBook> log) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(1);

    private readonly RefusalTally _tally = new(clock);

    public async Task WriteAsync(Refusal refusal)
    {
        if (IsCounted(refusal) && !_tally.TakeLiteral(refusal))
        {
            return;
        }

        try
        {
            await WriteOrCountAsync(refusal).WaitAsync(Patience, clock);
        }
        catch (TimeoutException)
        {
            // The answer leaves; the row goes on and counts itself when it fails.
        }
    }

    /// <summary>Writes the counts so far; those that cannot be written are kept for the next time.</summary>
    public async Task FlushAsync()
    {
        var counted = _tally.Drain();
        if (counted.Count == 0)
        {
            return;
        }

        try
        {
            await Flush.AppendAsync(database, [.. counted.Select(entry => ToEvent(entry.Sample, entry.Count))]);
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            foreach (var (sample, count) in counted)
            {
                _tally.Count(sample, count);
            }

            log.RefusalCountsWait(counted.Sum(entry => entry.Count), lost.GetType().Name);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var seconds = new PeriodicTimer(Window, clock);
        while (await seconds.WaitForNextTickAsync(stoppingToken))
        {
            await FlushAsync();
        }
    }

    // A stranger's are, and those of an agent that calls too often: both can be many without doing any work.
    private static bool IsCounted(Refusal refusal) =>
        refusal.Authority is null || refusal.Reason == Reasons.RateLimited || refusal.Reason == Reasons.Overloaded;

    private async Task WriteOrCountAsync(Refusal refusal)
    {
        try
        {
            await Flush.AppendAsync(database, [ToEvent(refusal, count: 1)]);
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            _tally.Count(refusal);
            log.RefusalNotWritten(refusal.Reason.Code, refusal.Origin.RequestId, lost.GetType().Name);
        }
    }

    private static AuditEvent ToEvent(Refusal refusal, int count) => new()
    {
        Kind = "refused",
        Decision = "deny",
        Origin = refusal.Origin,
        Authority = refusal.Authority,
        Tool = refusal.Tool,
        Card = refusal.Card,
        Reason = refusal.Reason.Code,
        Cause = count > 1 ? "aggregated" : refusal.Cause,
        ManifestDigest = refusal.ManifestDigest,
        Count = count,
    };
}
