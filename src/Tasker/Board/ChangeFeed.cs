using System.Globalization;
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
    public static async Task<ChangeFeed> StartAsync(NpgsqlDataSource database, Guid project, string? since, CancellationToken cancel) =>
        new(database, project, since is not null && IsSnapshot(since) ? since : await NowAsync(database, cancel));

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

    // Postgres reads "xmin:xmax:xip,xip". It is not asked whether a text is one: a statement whose parameter it cannot read fails
    // while it is being prepared, and the driver then misreads the next answer on that connection.
    private static bool IsSnapshot(string text)
    {
        var parts = text.Split(':');
        if (parts.Length != 3 || Number(parts[0]) is not { } low || Number(parts[1]) is not { } high || low > high)
        {
            return false;
        }

        var last = low;
        foreach (var running in parts[2].Split(',', parts[2].Length == 0 ? StringSplitOptions.RemoveEmptyEntries : StringSplitOptions.None))
        {
            if (Number(running) is not { } id || id < last || id >= high)
            {
                return false;
            }

            last = id;
        }

        return true;
    }

    private static long? Number(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : null;

    /// <summary>One change of one card.</summary>
    internal sealed record Change
    {
        public string Position { get; init; } = "";

        public long? Id { get; init; }

        public Guid Issue { get; init; }

        public string? Kind { get; init; }
    }
}
