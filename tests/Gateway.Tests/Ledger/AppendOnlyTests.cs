using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Migrations;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class AppendOnlyTests
{
    [Theory]
    [InlineData("UPDATE audit_events SET decision = 'deny'")]
    [InlineData("DELETE FROM audit_events")]
    [InlineData("TRUNCATE audit_events")]
    public async Task Events_cannot_be_rewritten_even_by_the_owner_of_the_table(string sql)
    {
        await using var world = await LedgerWorld.CreateAsync();

        var refused = await Assert.ThrowsAsync<PostgresException>(() => world.ExecuteAsync(sql));

        Assert.Contains("append-only", refused.MessageText, StringComparison.Ordinal);
        Assert.True(await world.EventsAsync("lifecycle") > 0);
    }

    [Fact]
    public async Task The_serving_role_can_serve_and_neither_rewrite_nor_drop_the_book()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var owner = Secret.Of(await cluster.CreateDatabaseAsync());
        var role = "serving_" + Guid.CreateVersion7().ToString("N");
        await using var admin = NpgsqlDataSource.Create(owner.Reveal());
        await using (var create = admin.CreateCommand($"CREATE ROLE {role} LOGIN"))
        {
            await create.ExecuteNonQueryAsync();
        }

        var serving = Secret.Of(new NpgsqlConnectionStringBuilder(owner.Reveal()) { Username = role }.ConnectionString);
        await Migration.RunAsync(owner, serving, CancellationToken.None);
        await using var database = LedgerDatabase.Open(serving);

        Assert.True((await Schema.FoundAsync(database, CancellationToken.None)).Serves);
        foreach (var sql in (string[])
            [
                "TRUNCATE idempotency", "TRUNCATE audit_events", "DROP TABLE audit_events",
                "ALTER TABLE audit_events DISABLE TRIGGER ALL", "UPDATE audit_events SET decision = ''",
                "DELETE FROM agents", "CREATE TABLE mine (n int)",
            ])
        {
            await using var forbidden = database.CreateCommand(sql);
            var refused = await Assert.ThrowsAsync<PostgresException>(() => forbidden.ExecuteNonQueryAsync());
            Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
        }

        // What expires by itself is swept by who serves.
        await using var sweep = database.CreateCommand("DELETE FROM pairings; DELETE FROM pairing_limits; DELETE FROM idempotency");
        Assert.Equal(0, await sweep.ExecuteNonQueryAsync());
    }

    [Fact]
    public async Task Parallel_migrations_run_each_script_once()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var owner = Secret.Of(await cluster.CreateDatabaseAsync());

        var runs = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Migration.RunAsync(owner, owner, CancellationToken.None)));

        Assert.Equal(Schema.Scripts, runs.SelectMany(run => run).Order(StringComparer.Ordinal));
        Assert.Equal(3, runs.Count(run => run.Count == 0));
    }
}
