using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Board;

/// <summary>One project's changes since a snapshot: each exactly once, none lost to a transaction that committed late.</summary>
internal sealed class ChangeFeed
{
    private readonly NpgsqlDataSource _database;
    private readonly Guid _project;

    private ChangeFeed(NpgsqlDataSource database, Guid project, string position)
    {
        _database = database;
        _project = project;
        Position = position;
    }

    /// <summary>The snapshot of the last read, where a reader that connects again goes on.</summary>
    public string Position { get; private set; }

    /// <summary>What the database shows now, as text.</summary>
    public static async Task<string> NowAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<string>(new CommandDefinition(
            "SELECT pg_current_snapshot()::text",
            cancellationToken: cancel));
    }

    /// <summary>Starts at a position a reader brought along; one that is none means now.</summary>
    public static async Task<ChangeFeed> StartAsync(
        NpgsqlDataSource database, Guid project, string? since, CancellationToken cancel)
    {
        var now = await NowAsync(database, cancel);
        if (string.IsNullOrEmpty(since))
        {
            return new ChangeFeed(database, project, now);
        }

        try
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            return new ChangeFeed(database, project, await connection.QuerySingleAsync<string>(new CommandDefinition(
                "SELECT @since::pg_snapshot::text",
                new { since },
                cancellationToken: cancel)));
        }
        catch (PostgresException bad) when (bad.SqlState.StartsWith("22", StringComparison.Ordinal))
        {
            return new ChangeFeed(database, project, now);
        }
    }

    public async Task<IReadOnlyList<Change>> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        var changes = (await connection.QueryAsync<Change>(new CommandDefinition(
            """
            SELECT now.position, c.id, c.issue_id AS issue, c.kind
            FROM (SELECT pg_current_snapshot()::text AS position) now
            LEFT JOIN card_changes c ON c.project_id = @_project AND c.xid >= pg_snapshot_xmin(@Position::pg_snapshot)
                AND NOT pg_visible_in_snapshot(c.xid, @Position::pg_snapshot)
            ORDER BY c.xid, c.id
            """,
            new { _project, Position },
            cancellationToken: cancel))).AsList();
        Position = changes[0].Position;
        return [.. changes.Where(change => change.Id is not null)];
    }

    /// <summary>One change of one card.</summary>
    internal sealed record Change
    {
        public string Position { get; init; } = "";

        public long? Id { get; init; }

        public Guid Issue { get; init; }

        public string? Kind { get; init; }
    }
}
