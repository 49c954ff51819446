namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>Keeps asking the Launcher in the background, at once when an owner may be new.</summary>
internal sealed class EntitlementRefresh(
    EntitlementTerms terms, TimeProvider clock, ILogger<EntitlementRefresh> log, EntitlementPull? pull = null) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    private readonly SemaphoreSlim _bell = new(0, 1);

    private TimeSpan Pause => terms.Refresh / 5 < LongestPause ? terms.Refresh / 5 : LongestPause;

    /// <summary>There may be an owner whom nobody has asked for yet.</summary>
    public void Ring()
    {
        try
        {
            _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    public override void Dispose()
    {
        _bell.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (pull is not null && !stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await pull.RefreshAsync(stoppingToken) == EntitlementPull.LargestRound)
                {
                    continue;
                }
            }
            catch (Exception lost) when (lost is not OperationCanceledException)
            {
                log.EntitlementsNotRefreshed(lost.GetType().Name);
            }

            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            var next = Task.Delay(Pause, clock, pause.Token);
            await Task.WhenAny(next, _bell.WaitAsync(pause.Token));
            await pause.CancelAsync();
        }
    }
}
