using AgentGateway.Gateway.Ledger.Migrations;
using AgentGateway.Gateway.Ledger.Reconcile;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Gateway.Owners;
using Npgsql;

namespace AgentGateway.Gateway.Health;

/// <summary>What readiness rests on; Tasker is told, but a lost Tasker must not take the gateway's refusals away.</summary>
internal sealed record ReadinessReport(bool Ready, bool Postgres, int SchemaVersion, bool Tasker)
{
    /// <summary>Whether this month's partition of the audit is there; without it every call is refused.</summary>
    public bool AuditPartition { get; init; }

    /// <summary>What sealing does: a sentence that begins with on, off, refused or interrupted.</summary>
    public string Sealing { get; init; } = "";

    /// <summary>Writes of which nobody has known for more than 15 minutes whether they were done; an alarm, and no reason to stop.</summary>
    public long OverdueDoubts { get; init; }
}

/// <summary>What the audit's keepers last found.</summary>
internal sealed record AuditCondition(PartitionKeeper Partitions, SealingState Sealing, DoubtAlarm Doubts);

/// <summary>Asks the database and Tasker whether they are there, at most once a second however often probes come.</summary>
internal sealed class Readiness(
    NpgsqlDataSource database, TaskerDirectory tasker, AuditCondition audit, TimeProvider clock, ILogger<Readiness> log)
    : IDisposable
{
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private (long At, ReadinessReport Report)? _last;

    public async Task<ReadinessReport> CheckAsync(CancellationToken cancel)
    {
        await _gate.WaitAsync(cancel);
        try
        {
            // A gateway that was not ready is asked again at once: starting up must not wait for a cache.
            if (_last is not { Report.Ready: true } last || clock.GetElapsedTime(last.At) > Freshness)
            {
                _last = (clock.GetTimestamp(), await AskAsync());
            }

            return _last.Value.Report;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<ReadinessReport> AskAsync()
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        var reachable = tasker.IsReachableAsync(patience.Token);
        var found = await SchemaAsync(patience.Token);
        if (found is { Serves: false })
        {
            log.WrongSchema(found.Version, Schema.Expected);
        }

        return new ReadinessReport(found is { Serves: true }, found is not null, found?.Version ?? 0, await reachable)
        {
            AuditPartition = audit.Partitions.Current,
            Sealing = audit.Sealing.Words,
            OverdueDoubts = audit.Doubts.Overdue,
        };
    }

    private async Task<FoundSchema?> SchemaAsync(CancellationToken cancel)
    {
        try
        {
            return await Schema.FoundAsync(database, cancel).WaitAsync(Patience, clock, cancel);
        }
        catch (Exception lost) when (lost is NpgsqlException or TimeoutException or OperationCanceledException)
        {
            return null;
        }
    }
}
