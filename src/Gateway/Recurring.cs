namespace AgentGateway.Gateway;

/// <summary>Does its round again and again while the gateway runs; one that fails is told, and the next comes in its time.</summary>
internal abstract class Recurring(TimeSpan period, TimeProvider clock) : BackgroundService
{
    protected TimeProvider Clock { get; } = clock;

    protected abstract Task RoundAsync(CancellationToken stopping);

    protected abstract void Tell(Exception failure);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var ticks = new PeriodicTimer(period, Clock);
        while (await ticks.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await RoundAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                Tell(failure);
            }
        }
    }
}
