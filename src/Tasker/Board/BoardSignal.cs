using Npgsql;

namespace AgentGateway.Tasker.Board;

/// <summary>Wakes open boards when a card changed; a missed wake-up costs at most one polling interval, never a change.</summary>
internal sealed class BoardSignal(NpgsqlDataSource database, TimeProvider clock, ILogger<BoardSignal> log) : BackgroundService
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(2);

    private TaskCompletionSource _next = NewSignal();

    /// <summary>Completes with the next change; take it before reading, so that nothing slips in between.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException or TimeoutException)
            {
                log.NotListening(failure);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(RetryAfter, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ListenAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        connection.Notification += (_, _) => Interlocked.Exchange(ref _next, NewSignal()).TrySetResult();
        await using (var listen = new NpgsqlCommand("LISTEN board", connection))
        {
            await listen.ExecuteNonQueryAsync(cancel);
        }

        while (true)
        {
            await connection.WaitAsync(cancel);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
