using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Migrations;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Support;
using Dapper;
using DbUp;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Audit;

/// <summary>Months are made ahead, never by accident, and rows that were there before are all kept.</summary>
public sealed class PartitionTests
{
    [Fact]
    public async Task This_month_and_the_next_two_are_there()
    {
        await using var world = await LedgerWorld.CreateAsync();

        var made = await world.ValueAsync<long>("SELECT count(*) FROM pg_inherits WHERE inhparent = 'audit_events'::regclass");

        Assert.Equal(3, made);
        Assert.Equal(
            [.. Enumerable.Range(0, 3).Select(ahead => $"audit_events_{TimeProvider.System.GetUtcNow().AddMonths(ahead):yyyy_MM}")],
            await NamesAsync(world));
    }

    [Theory]
    [InlineData("UPDATE {0} SET decision = 'deny'")]
    [InlineData("DELETE FROM {0}")]
    [InlineData("TRUNCATE {0}")]
    public async Task A_partition_cannot_be_rewritten_behind_the_tables_back(string sql)
    {
        await using var world = await LedgerWorld.CreateAsync();
        var partition = (await NamesAsync(world))[0];

        var refused = await Assert.ThrowsAsync<PostgresException>(
            () => world.ExecuteAsync(sql.Replace("{0}", partition, StringComparison.Ordinal)));

        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_months_partition_nothing_is_admitted()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync("list_cards");
        var partition = (await NamesAsync(world))[0];
        await world.ExecuteAsync($"ALTER TABLE audit_events DETACH PARTITION {partition}");

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => world.Ledger.AdmitAsync(request, CancellationToken.None));
        await world.ExecuteAsync($"DROP TABLE {partition}; SELECT make_next_audit_partitions()");

        Assert.IsType<Admission.Admitted>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
    }

    [Fact]
    public async Task Rows_from_before_are_moved_with_their_numbers_and_new_numbers_follow()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var database = await cluster.CreateDatabaseAsync();
        await using var connection = new NpgsqlConnection(database);
        Upgrade(database, name => string.CompareOrdinal(name, "0004") < 0);
        await connection.ExecuteAsync(
            """
            INSERT INTO audit_events (id, at, kind, decision)
            SELECT gen_random_uuid(), clock_timestamp() - n * interval '11 days', 'lifecycle', 'old ' || n
            FROM generate_series(1, 30) AS n
            """);
        var before = (await connection.QueryAsync<(long, Guid, DateTime)>(
            "SELECT sequence, id, at FROM audit_events ORDER BY sequence")).ToList();

        await Migration.RunAsync(Secret.Of(database), Secret.Of(database), CancellationToken.None);
        var after = (await connection.QueryAsync<(long, Guid, DateTime)>(
            "SELECT sequence, id, at FROM audit_events ORDER BY sequence")).ToList();
        await connection.ExecuteAsync(
            "INSERT INTO audit_events (id, kind, decision) VALUES (gen_random_uuid(), 'lifecycle', 'new')");

        Assert.Equal(before, after);
        Assert.True(await connection.ExecuteScalarAsync<long>("SELECT max(sequence) FROM audit_events") > 30);
        Assert.Equal("new", await connection.ExecuteScalarAsync<string>(
            "SELECT decision FROM audit_events ORDER BY sequence DESC LIMIT 1"));
    }

    private static async Task<List<string>> NamesAsync(LedgerWorld world)
    {
        await using var connection = new NpgsqlConnection(world.ConnectionString);
        return (await connection.QueryAsync<string>(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_events'::regclass ORDER BY 1")).ToList();
    }

    private static void Upgrade(string database, Func<string, bool> chosen) => Assert.True(DeployChanges.To
        .PostgresqlDatabase(database)
        .WithScriptsEmbeddedInAssembly(typeof(Migration).Assembly, name => name.EndsWith(".sql", StringComparison.Ordinal) && chosen(name))
        .WithVariablesDisabled()
        .WithTransactionPerScript()
        .JournalToPostgresqlTable("public", Schema.Journal)
        .LogToNowhere()
        .Build()
        .PerformUpgrade().Successful);
}
