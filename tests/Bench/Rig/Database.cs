using System.Diagnostics;
using System.Globalization;
using AgentGateway.Bench.Load;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Bench.Rig;

/// <summary>A private, durable Postgres with one database, and what it says about its own work.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const int ProbeCommits = 200;

    private readonly PostgresCluster _cluster;
    private readonly NpgsqlConnection _observer;
    private readonly string _name;

    private Database(PostgresCluster cluster, string connectionString, NpgsqlConnection observer)
    {
        _cluster = cluster;
        _observer = observer;
        ConnectionString = connectionString;
        _name = new NpgsqlConnectionStringBuilder(connectionString).Database!;
    }

    public string ConnectionString { get; }

    public int Postmaster { get; private set; }

    public static async Task<Database> StartAsync(CancellationToken cancel)
    {
        var cluster = await PostgresCluster.StartNewAsync();
        try
        {
            var connectionString = await cluster.CreateDatabaseAsync();
            // Observed from another database, so that looking is not counted.
            var observer = new NpgsqlConnectionStringBuilder(connectionString) { Database = "postgres" };
            var database = new Database(cluster, connectionString, new NpgsqlConnection(observer.ConnectionString));
            await database._observer.OpenAsync(cancel);
            await database.RequireDurabilityAsync(cancel);
            database.Postmaster = await database.ReadPostmasterAsync(cancel);
            return database;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Another, empty database of the same server; answers its connection string.</summary>
    public Task<string> CreateAnotherAsync() => _cluster.CreateDatabaseAsync();

    public TimeSpan ReadProcessorTime() => ProcessClock.ReadFamily(Postmaster);

    public async Task<string> SettingAsync(string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT current_setting($1)", _observer)
        {
            Parameters = { new() { Value = name } },
        };
        return (string)(await command.ExecuteScalarAsync(cancel))!;
    }

    public async Task<DatabaseCounters> ReadCountersAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT xact_commit, tup_inserted, tup_updated, pg_snapshot_xmax(pg_current_snapshot())::text::bigint
            FROM pg_stat_database
            WHERE datname = $1
            """,
            _observer)
        {
            Parameters = { new() { Value = _name } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return new DatabaseCounters(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3));
    }

    /// <summary>What one durable commit of one row costs here, in microseconds: the floor under every write.</summary>
    public async Task<double> MeasureCommitAsync(CancellationToken cancel)
    {
        await ExecuteAsync("CREATE TABLE commit_probe (n integer)", cancel);
        var times = new List<double>();
        for (var number = 0; number < ProbeCommits; number++)
        {
            var began = Stopwatch.GetTimestamp();
            await ExecuteAsync("INSERT INTO commit_probe VALUES (1)", cancel);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return LoadResult.Median(times);
    }

    public async ValueTask DisposeAsync()
    {
        await _observer.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(sql, _observer);
        await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task RequireDurabilityAsync(CancellationToken cancel)
    {
        foreach (var name in (string[])["fsync", "synchronous_commit", "full_page_writes"])
        {
            if (await SettingAsync(name, cancel) != "on")
            {
                throw new InvalidOperationException($"Postgres runs with {name} off: numbers without durability mean nothing.");
            }
        }
    }

    private async Task<int> ReadPostmasterAsync(CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)", _observer);
        return int.Parse((string)(await command.ExecuteScalarAsync(cancel))!, CultureInfo.InvariantCulture);
    }
}

/// <summary>Counters of pg_stat_database, which its sessions report up to a second late.</summary>
internal sealed record DatabaseCounters(long Commits, long Inserted, long Updated, long WritingCommits);
