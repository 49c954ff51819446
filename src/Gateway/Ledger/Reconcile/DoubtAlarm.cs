namespace AgentGateway.Gateway.Ledger.Reconcile;

/// <summary>Knows how many writes have been in doubt for more than 15 minutes, and says so in the log when that changes.</summary>
internal sealed class DoubtAlarm(DoubtTable doubts, TimeProvider clock, ILogger<DoubtAlarm> log)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Reminder = TimeSpan.FromMinutes(5);

    private long _overdue;
    private long _said;

    /// <summary>As of the reconciler's last round.</summary>
    public long Overdue => Interlocked.Read(ref _overdue);

    public async Task LookAsync(CancellationToken cancel)
    {
        var found = await doubts.OverdueAsync(Patience, cancel);
        var before = Interlocked.Exchange(ref _overdue, found);
        if (found > 0 && (found != before || clock.GetElapsedTime(_said) > Reminder))
        {
            _said = clock.GetTimestamp();
            log.OverdueDoubts(found);
        }
    }
}
