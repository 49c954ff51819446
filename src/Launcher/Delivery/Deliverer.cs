using System.Data.Common;

namespace AgentGateway.Launcher.Delivery;

/// <summary>Keeps delivering while the Launcher runs, several people's messages at a time, whatever happens to the database.</summary>
internal sealed class Deliverer(Outbox outbox, DeliveryBell bell, ILogger<Deliverer> log) : BackgroundService
{
    private const int Lanes = 4;

    // How late a message of another launcher, or one whose wait is over, may be noticed.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(Enumerable.Range(0, Lanes).Select(_ => RunAsync(stoppingToken)));

    private async Task RunAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                if (!await outbox.DeliverOneAsync(cancel))
                {
                    await bell.WaitAsync(Look, cancel);
                }
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is DbException or TimeoutException or IOException)
            {
                log.OutboxAway(away);
                await bell.WaitAsync(Look, cancel);
            }
        }
    }
}
