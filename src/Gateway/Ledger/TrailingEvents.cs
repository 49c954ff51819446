using System.Threading.Channels;
using Npgsql;

namespace AgentGateway.Gateway.Ledger;

/// <summary>
/// Events that may follow their answer by up to a second, written in batches; what is queued at shutdown is written then.
/// </summary>
internal sealed class TrailingEvents(
    NpgsqlDataSource database, TimeProvider clock, ILogger<TrailingEvents> log) : BackgroundService
{
    private const int Capacity = 20_000;
    private const int BatchSize = 200;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly Channel<AuditEvent> _queue = Channel.CreateBounded<AuditEvent>(Capacity);
    private long _dropped;

    /// <summary>Never waits: when the database has been away for long, the newest are counted and let go.</summary>
    public void Append(AuditEvent entry)
    {
        if (!_queue.Writer.TryWrite(entry))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    /// <summary>Writes all that is queued now.</summary>
    public async Task FlushAsync(CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested && await WriteBatchAsync())
        {
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await FlushAsync(cancellationToken);
        }
        catch (Exception lost) when (lost is not OperationCanceledException)
        {
            log.TrailingEventsLost(_queue.Reader.Count, lost.GetType().Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _queue.Reader.WaitToReadAsync(stoppingToken))
        {
            try
            {
                await FlushAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is not OperationCanceledException)
            {
                log.TrailingEventsWait(_queue.Reader.Count, lost.GetType().Name);
            }

            if (Interlocked.Exchange(ref _dropped, 0) is var dropped and > 0)
            {
                log.TrailingEventsLost((int)dropped, "queue full");
            }

            await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    private async Task<bool> WriteBatchAsync()
    {
        var entries = new List<AuditEvent>(BatchSize);
        while (entries.Count < BatchSize && _queue.Reader.TryRead(out var entry))
        {
            entries.Add(entry);
        }

        if (entries.Count == 0)
        {
            return false;
        }

        try
        {
            await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
            await using var batch = new NpgsqlBatch(connection);
            foreach (var entry in entries)
            {
                batch.BatchCommands.Add(entry.ToCommand());
            }

            // Not cancelled: whether it was written would be unknown. The pool's own timeouts bound it.
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            entries.ForEach(Append);
            throw;
        }
    }
}
