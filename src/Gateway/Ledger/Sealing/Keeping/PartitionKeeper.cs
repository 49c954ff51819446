using Npgsql;

namespace AgentGateway.Gateway.Ledger.Sealing.Keeping;

/// <summary>Makes the partitions of this and the next two months, long before a row needs them.</summary>
internal sealed class PartitionKeeper(NpgsqlDataSource database, TimeProvider clock, ILogger<PartitionKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromHours(1);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMinutes(1);

    private volatile bool _current;

    /// <summary>False: the partition of this month was not seen yet, and without it no call is admitted.</summary>
    public bool Current => _current;

    /// <summary>The database's function is all that the serving role may do to the schema.</summary>
    public async Task<IReadOnlyList<string>> MakeAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand("SELECT make_next_audit_partitions()", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var made = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            made.Add(reader.GetString(0));
        }

        _current = true;
        return made;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = Pause;
            try
            {
                foreach (var made in await MakeAsync(stoppingToken))
                {
                    log.PartitionMade(made);
                }
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                _current = false;
                log.PartitionNotMade(failed.GetType().Name);
                pause = PauseAfterFailure;
            }

            await Task.Delay(pause, clock, stoppingToken);
        }
    }
}
