using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class PostgresClusterTests
{
    [Fact]
    public async Task A_stopped_cluster_refuses_and_a_started_one_has_its_data_again()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var database = NpgsqlDataSource.Create(await cluster.CreateDatabaseAsync());
        await ExecuteAsync(database, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)");

        await cluster.StopAsync(immediate: true);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ExecuteAsync(database, "SELECT 1"));
        await cluster.StartAsync();

        await using var read = database.CreateCommand("SELECT n FROM kept");
        Assert.Equal(7, await read.ExecuteScalarAsync());
    }

    [Fact]
    public async Task A_paused_cluster_keeps_its_callers_waiting_until_it_resumes()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var database = NpgsqlDataSource.Create(await cluster.CreateDatabaseAsync());
        await ExecuteAsync(database, "SELECT 1");

        cluster.Pause();
        var waiting = ExecuteAsync(database, "SELECT 1");
        var first = await Task.WhenAny(waiting, Task.Delay(TimeSpan.FromMilliseconds(300)));
        cluster.Resume();

        Assert.NotSame(waiting, first);
        await waiting;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql)
    {
        await using var command = database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
