using Npgsql;

namespace AgentGateway.Console.Book;

/// <summary>The gateway's book, opened to be read: a role that could write in it is refused.</summary>
internal static class BookDatabase
{
    public const int PatienceSeconds = 8;

    public static NpgsqlDataSource Open(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Timeout = 3,
            CommandTimeout = PatienceSeconds,
            MaxPoolSize = 16,
            ApplicationName = "agent-gateway-console",
            Options = "-c default_transaction_read_only=on -c statement_timeout=7s -c lock_timeout=2s",
        };
        var source = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        source.UsePhysicalConnectionInitializer(
            connection => throw new NotSupportedException($"{connection.Database} is opened asynchronously."), RefuseWritersAsync);
        return source.Build();
    }

    // A console that could write would be trusted with more than it needs; reviewers rely on it being unable to.
    private static async Task RefuseWritersAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(
            """
            SELECT coalesce(bool_or(has_table_privilege(c.oid, 'INSERT') OR has_table_privilege(c.oid, 'UPDATE')
                OR has_table_privilege(c.oid, 'DELETE') OR has_table_privilege(c.oid, 'TRUNCATE')), false)
            FROM pg_class AS c
            WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
            """,
            connection);
        if (await command.ExecuteScalarAsync() is true)
        {
            throw new WritableBookException();
        }
    }
}

/// <summary>The role that the console was given may write in the book, so the console does not work with it.</summary>
internal sealed class WritableBookException() : Exception("CONSOLE_DATABASE names a role that may write; give it one that may only read.");
