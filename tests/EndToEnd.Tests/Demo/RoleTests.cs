using Npgsql;

namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>What the role that serves can do to the database of a running demo: its work, and nothing against the book.</summary>
[Collection(DemoCollection.Name)]
public sealed class RoleTests(RunningDemo demo)
{
    [Theory]
    [InlineData("UPDATE audit_events SET reason = 'forged'")]
    [InlineData("DELETE FROM audit_events")]
    [InlineData("TRUNCATE audit_events")]
    [InlineData("DELETE FROM agents")]
    [InlineData("TRUNCATE idempotency")]
    [InlineData("ALTER TABLE audit_events DISABLE TRIGGER ALL")]
    [InlineData("CREATE TABLE elsewhere (id int)")]
    [InlineData("CREATE ROLE friend")]
    public async Task It_cannot_touch_the_book_or_the_schema(string statement)
    {
        await using var connection = await OpenAsync("gateway-database");
        await using var command = new NpgsqlCommand(statement, connection);

        var refused = await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync());

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    [Fact]
    public async Task It_reads_what_it_serves_with()
    {
        await using var connection = await OpenAsync("gateway-database");
        await using var command = new NpgsqlCommand("SELECT count(*) FROM agents", connection);

        Assert.Equal(2L, await command.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("gateway-database", "tasker")]
    [InlineData("gateway-migration-database", "tasker")]
    [InlineData("tasker-database", "gateway")]
    [InlineData("tasker-database", "launcher")]
    [InlineData("launcher-database", "gateway")]
    [InlineData("gateway-database", "launcher")]
    [InlineData("console-database", "tasker")]
    [InlineData("console-database", "launcher")]
    public async Task No_role_enters_the_others_database(string secret, string database)
    {
        var refused = await Assert.ThrowsAsync<PostgresException>(() => OpenAsync(secret, database));

        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, refused.SqlState);
    }

    private async Task<NpgsqlConnection> OpenAsync(string secret, string? database = null)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(demo.Script.State, "secrets", secret));
        var settings = new NpgsqlConnectionStringBuilder(text) { Pooling = false };
        settings.Database = database ?? settings.Database;
        var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        return connection;
    }
}
