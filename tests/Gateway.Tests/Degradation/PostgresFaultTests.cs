using AgentGateway.Support;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Degradation;

/// <summary>Whatever Postgres cannot do: nothing is admitted, so nothing is sent; refusals are written when it can again.</summary>
public sealed class PostgresFaultTests
{
    private const string Unavailable = "ledger_unavailable";

    [Fact]
    public async Task Postgres_down_refuses_everyone_and_sends_nothing()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await DegradationWorld.StartAsync(cluster);
        await RefusesAsync(world, () => cluster.StopAsync(immediate: true), () => cluster.StartAsync());
    }

    [Fact]
    public async Task Postgres_frozen_refuses_everyone_and_sends_nothing()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await DegradationWorld.StartAsync(cluster);
        await RefusesAsync(
            world,
            () =>
            {
                cluster.Pause();
                return Task.CompletedTask;
            },
            () =>
            {
                cluster.Resume();
                return Task.CompletedTask;
            },
            // What had reached the server is done when it wakes up. Nobody waits for it then, and nothing was sent for it.
            mostAdmitted: 4);
    }

    [Fact]
    public async Task Postgres_read_only_refuses_everyone_and_sends_nothing()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await DegradationWorld.StartAsync(cluster);
        await RefusesAsync(world, () => SetReadOnlyAsync(world, "on"), () => SetReadOnlyAsync(world, "off"));
    }

    [Fact]
    public async Task A_full_disk_refuses_everyone_and_sends_nothing()
    {
        await using var world = await DegradationWorld.StartAsync();
        await RefusesAsync(
            world,
            () => world.Flow.Ledger.ExecuteAsync(
                """
                CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
                END
                $$;
                CREATE TRIGGER full_disk BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION full_disk();
                """),
            () => world.Flow.Ledger.ExecuteAsync("DROP FUNCTION full_disk CASCADE"));
    }

    [Fact]
    public async Task An_exhausted_pool_refuses_owners_and_leaves_known_agents_their_calls()
    {
        await using var world = await DegradationWorld.StartAsync();
        Assert.Equal("NDC-1", await world.WriteAsync("key-00000001"));
        var pool = world.Flow.Services.GetRequiredService<NpgsqlDataSource>();
        var held = new List<NpgsqlConnection>();
        string? refused;
        try
        {
            for (var size = new NpgsqlConnectionStringBuilder(world.Flow.Ledger.ConnectionString).MaxPoolSize; held.Count < size;)
            {
                held.Add(await pool.OpenConnectionAsync());
            }

            Assert.Equal("NDC-1", await world.ReadAsync());
            Assert.Equal("NDC-1", await world.WriteAsync("key-00000002"));
            refused = await world.SuspendAsync();
        }
        finally
        {
            foreach (var connection in held)
            {
                await connection.DisposeAsync();
            }
        }

        Assert.Equal(Unavailable, refused);
        Assert.Equal("active", await world.StatusAsync());
        Assert.Null(await world.SuspendAsync());
    }

    // Three refusals, nothing at Tasker, nothing changed; then all is written down and everyone is served.
    private static async Task RefusesAsync(DegradationWorld world, Func<Task> breaks, Func<Task> heals, int mostAdmitted = 2)
    {
        Assert.Equal("NDC-1", await world.ReadAsync());
        Assert.Equal("NDC-1", await world.WriteAsync("key-00000001"));
        await Eventually.TrueAsync(async () => await world.CountAsync("kind = 'settled'") == 2);
        string?[] said;
        await breaks();
        try
        {
            said = [await world.ReadAsync(), await world.WriteAsync("key-00000002"), await world.SuspendAsync(), await world.GrantAsync()];
        }
        finally
        {
            await heals();
            NpgsqlConnection.ClearAllPools();
        }

        Assert.All(said.Take(3), code => Assert.Equal(Unavailable, code));
        Assert.Contains(said[3], (string[])[Unavailable, "unknown_project", "upstream_unavailable"]);
        Assert.Equal(2, world.Arrivals);
        await Eventually.TrueAsync(async () => await world.CountAsync($"kind = 'refused' AND reason = '{Unavailable}'") >= 2);
        Assert.InRange(await world.CountAsync("kind = 'admitted'"), 2, mostAdmitted);
        Assert.Equal("active", await world.StatusAsync());
        await Eventually.TrueAsync(async () => await world.WriteAsync("key-00000003") == "NDC-1");
        Assert.Equal(3, world.Arrivals);
        Assert.Null(await world.SuspendAsync());
    }

    private static async Task SetReadOnlyAsync(DegradationWorld world, string value)
    {
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(world.Flow.Ledger.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        foreach (var sql in (string[])
            ["SET default_transaction_read_only = off", $"ALTER SYSTEM SET default_transaction_read_only = {value}", "SELECT pg_reload_conf()"])
        {
            await using var command = new NpgsqlCommand(sql, connection);
            await command.ExecuteNonQueryAsync();
        }

        // Every session takes the new value with its next command after the reload.
        await Eventually.TrueAsync(async () =>
        {
            await using var fresh = new NpgsqlConnection(connection.ConnectionString);
            await fresh.OpenAsync();
            await using var shown = new NpgsqlCommand("SHOW default_transaction_read_only", fresh);
            return (string?)await shown.ExecuteScalarAsync() == value;
        });
    }
}
