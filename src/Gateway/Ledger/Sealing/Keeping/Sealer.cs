using Npgsql;

namespace AgentGateway.Gateway.Ledger.Sealing.Keeping;

/// <summary>What sealing is doing on this replica, in one sentence for the operators.</summary>
internal sealed class SealingState
{
    public const string Off = "off: no checkpoint key is set";

    private volatile string _words = Off;
    private long _caughtUpAt;

    public string Words
    {
        get => _words;
        set => _words = value;
    }

    /// <summary>Monotonic timestamp at which nothing that could be sealed was left; 0: this replica has not sealed.</summary>
    public long CaughtUpAt
    {
        get => Interlocked.Read(ref _caughtUpAt);
        set => Interlocked.Exchange(ref _caughtUpAt, value);
    }

    /// <summary>Null where this replica does not seal.</summary>
    public TimeSpan? Lag(TimeProvider clock) => CaughtUpAt is not 0 and var at ? clock.GetElapsedTime(at) : null;
}

/// <summary>
/// Seals the audit within about a second of its rows. One replica at a time does so: it holds a lock of the session in which
/// it writes, so a leader that is gone or cut off can write nothing more.
/// </summary>
internal sealed class Sealer(
    NpgsqlDataSource database, CheckpointKey key, CheckpointFile? file, SealingState state, TimeProvider clock, ILogger<Sealer> log)
    : BackgroundService
{
    private const int ExportAtMost = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(800);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(stoppingToken);
                if (await TakeLeadAsync(connection, stoppingToken))
                {
                    await LeadAsync(connection, stoppingToken);
                }
                else
                {
                    state.CaughtUpAt = 0;
                    state.Words = "on: another replica seals";
                }
            }
            catch (Exception lost) when (lost is not OperationCanceledException)
            {
                state.Words = $"interrupted: {lost.GetType().Name}";
                log.SealingInterrupted(lost.GetType().Name);
            }

            await Task.Delay(LongPause, clock, stoppingToken);
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        key.Dispose();
    }

    /// <summary>Held until the connection is closed.</summary>
    internal static async Task<bool> TakeLeadAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKeys.Sealer });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Seals and exports all that can be now.</summary>
    internal async Task CatchUpAsync(NpgsqlConnection connection, SealChain chain, CancellationToken cancel)
    {
        var sealedRows = chain.Last?.TreeSize ?? 0;
        while (await chain.SealAsync(connection, cancel) is { } made)
        {
            log.Sealed(made.ToLine());
            if (made.Unproven > 0)
            {
                log.SealedUnproven(made.Unproven, made.Number);
            }

            // What comes while we seal waits for the next turn: a checkpoint for every few rows would cost more than it proves.
            if (made.TreeSize - sealedRows < SealChain.RowsAtMost)
            {
                break;
            }

            sealedRows = made.TreeSize;
        }

        await ExportAsync(connection, chain, cancel);
        state.CaughtUpAt = clock.GetTimestamp();
    }

    private async Task LeadAsync(NpgsqlConnection connection, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                var chain = await SealChain.LoadAsync(connection, key, clock, stopping);
                await ExportAsync(connection, chain, stopping);
                while (true)
                {
                    await CatchUpAsync(connection, chain, stopping);
                    await Task.Delay(Pause, clock, stopping);
                }
            }
            catch (SealRefusedException refused)
            {
                // The lead is kept: another replica, without this one's file, would seal on and hide it.
                state.Words = $"refused: {refused.Message}";
                log.SealingRefused(refused.Message);
                await Task.Delay(LongPause, clock, stopping);
            }
        }
    }

    /// <exception cref="SealRefusedException">What was exported and what the database has are not one chain.</exception>
    internal async Task ExportAsync(NpgsqlConnection connection, SealChain chain, CancellationToken cancel)
    {
        state.Words = "on: this replica seals";
        if (file is null)
        {
            return;
        }

        try
        {
            var exported = await file.LastAsync(cancel);
            while (!Same(exported, chain.Last))
            {
                await CheckAsync(connection, exported, chain.Last, cancel);
                var added = await CheckpointStore.AfterAsync(connection, exported?.Number ?? 0, ExportAtMost, cancel);
                await file.AppendAsync(added, cancel);
                exported = added[^1];
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            state.Words = "on, but checkpoints cannot be exported";
            log.CheckpointsNotExported(file.Path, failed.GetType().Name);
        }
    }

    private static async Task CheckAsync(
        NpgsqlConnection connection, Checkpoint? exported, Checkpoint? last, CancellationToken cancel)
    {
        if (exported is null)
        {
            return;
        }

        if (exported.Number > (last?.Number ?? 0))
        {
            throw new SealRefusedException($"the database ends at checkpoint {last?.Number ?? 0} but {exported.Number} was "
                + "exported: it was rolled back or cut");
        }

        var stored = await CheckpointStore.AfterAsync(connection, exported.Number - 1, 1, cancel);
        if (stored is not [var found] || !Same(found, exported))
        {
            throw new SealRefusedException($"checkpoint {exported.Number} was exported with other words than the database has");
        }
    }

    private static bool Same(Checkpoint? one, Checkpoint? other) =>
        one is null || other is null ? one == other : one.Digest().AsSpan().SequenceEqual(other.Digest());
}
