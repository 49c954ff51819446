using System.Threading.Channels;
using AgentGateway.Gateway.Ledger.Flushes;
using Npgsql;

namespace AgentGateway.Gateway.Ledger;

/// <summary>
/// Events that may follow their answer by up to a second, written with the next flush of
/// calls or, when none comes, in one of their own; what is queued at shutdown is written then.
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

    /// <summary>For a flush that has room: these are the caller's to write, or to give back.</summary>
    public IReadOnlyList<AuditEvent> Take(int most)
    {
        if (_queue.Reader.Count == 0)
        {
            return [];
        }

        var entries = new List<AuditEvent>(Math.Min(most, _queue.Reader.Count));
        while (entries.Count < most && _queue.Reader.TryRead(out var entry))
        {
            entries.Add(entry);
        }

        return entries;
    }

    public void Return(IReadOnlyList<AuditEvent> entries)
    {
        foreach (var entry in entries)
        {
            Append(entry);
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
        var entries = Take(BatchSize);
        if (entries.Count == 0)
        {
            return false;
        }

        try
        {
            await Flush.AppendAsync(database, entries);
            return true;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            Return(entries);
            throw;
        }
    }
}
