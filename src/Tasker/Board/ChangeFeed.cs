using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Board;

/// <summary>One project's changes since a point in the commit order: each exactly once, none lost to a slow transaction.</summary>
internal sealed class ChangeFeed(NpgsqlDataSource database, Guid project, string since)
{
    private readonly HashSet<long> _seen = [];
    private string _from = since;

    /// <summary>Where a reader that connects again goes on.</summary>
    public string Position => _from;

    /// <summary>The oldest transaction that may still be running: whatever a reader has not seen by now is from there on.</summary>
    public static async Task<string> NowAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<string>(new CommandDefinition(
            "SELECT pg_snapshot_xmin(pg_current_snapshot())::text",
            cancellationToken: cancel));
    }

    public async Task<IReadOnlyList<Change>> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var changes = (await connection.QueryAsync<Change>(new CommandDefinition(
            """
            SELECT h.horizon, c.id, c.issue_id AS issue, c.kind
            FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text AS horizon) h
            LEFT JOIN card_changes c ON c.project_id = @project AND c.xid >= @_from::xid8
            ORDER BY c.xid, c.id
            """,
            new { project, _from },
            cancellationToken: cancel))).AsList();
        var fresh = changes.Where(change => change.Id is { } id && _seen.Add(id)).ToList();
        _from = changes[0].Horizon;
        _seen.IntersectWith(changes.Select(change => change.Id ?? 0));
        return fresh;
    }

    /// <summary>One change of one card.</summary>
    internal sealed record Change
    {
        public string Horizon { get; init; } = "";

        public long? Id { get; init; }

        public Guid Issue { get; init; }

        public string? Kind { get; init; }
    }
}
