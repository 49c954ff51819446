using System.Globalization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Projects;

/// <summary>One change of a card, with the card's revisions as they are now.</summary>
internal sealed record ChangeView
{
    public Guid ProjectId { get; init; }

    public string Card { get; init; } = "";

    public string Rev { get; init; } = "";

    public string ContentRev { get; init; } = "";

    public DateTime At { get; init; }

    public string Kind { get; init; } = "";
}

/// <summary>Changes in the order they became visible; the cursor goes on from the last one.</summary>
internal sealed record ChangePage(Guid ProjectId, IReadOnlyList<ChangeView> Changes, string NextCursor);

/// <summary>Tells what changed in a project since a cursor, waiting a while for something to happen when asked to.</summary>
internal static class ListChanges
{
    private const int LongestWaitSeconds = 25;
    private const int LookAgainMilliseconds = 250;

    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "limit", "cursor", "wait_s");
        var limit = query.Number("limit", 25, 100);
        var wait = query.Text("wait_s", 2) is null or "0" ? 0 : query.Number("wait_s", 1, LongestWaitSeconds);
        var project = await ProjectRow.FromRouteAsync(visit, http);
        project.Demand("card:read");
        var question = $"changes:{project.Id}";
        var from = Position(Cursor.Read(query.Cursor, question, 2));
        if (wait > 0)
        {
            await using var listen = new NpgsqlCommand("LISTEN board", visit.Connection);
            await listen.ExecuteNonQueryAsync(visit.Cancel);
        }

        var rows = await ReadAsync(visit, project, from, limit);
        var deadline = Environment.TickCount64 + (wait * 1000);
        while (rows.Count == 0 && Environment.TickCount64 < deadline)
        {
            // A change is announced when it commits, but told only when no older transaction runs: so look again besides.
            var pause = Math.Clamp(deadline - Environment.TickCount64, 1, LookAgainMilliseconds);
            await visit.Connection.WaitAsync(TimeSpan.FromMilliseconds(pause), visit.Cancel);
            rows = await ReadAsync(visit, project, from, limit);
        }

        var last = rows is [] ? from ?? await EndAsync(visit) : (rows[^1].Xid, rows[^1].Id);
        var page = new ChangePage(
            project.Id,
            [.. rows.Select(row => row.Change!)],
            Cursor.Write(question, last.Xid, last.Id.ToString(CultureInfo.InvariantCulture)));
        return Outcome.Of(StatusCodes.Status200OK, page, AdapterJson.Wire.ChangePage);
    }

    // Up to the oldest transaction still running: what it writes would otherwise appear behind the cursor.
    private static async Task<List<Row>> ReadAsync(Visit visit, ProjectRow project, (string Xid, long Id)? from, int limit) =>
        (await visit.Connection.QueryAsync<Row, ChangeView, Row>(
            new CommandDefinition(
                """
                SELECT c.id, c.xid::text AS xid, c.project_id AS projectid, @key || '-' || i.sequence_id AS card, 'r' || i.rev AS rev,
                       'c' || i.content_rev AS contentrev, c.at, c.kind
                FROM card_changes c JOIN issues i ON i.id = c.issue_id
                WHERE c.project_id = @project AND (c.xid, c.id) > (@xid::xid8, @id)
                  AND c.xid < pg_snapshot_xmin(pg_current_snapshot())
                ORDER BY c.xid, c.id LIMIT @limit
                """,
                new { project = project.Id, key = project.Key, limit, xid = from?.Xid ?? "0", id = from?.Id ?? 0 },
                cancellationToken: visit.Cancel),
            (row, change) => row with { Change = change },
            splitOn: "projectid")).AsList();

    private static async Task<(string Xid, long Id)> EndAsync(Visit visit) => ((await visit.Connection.ExecuteScalarAsync<string>(
        new CommandDefinition("SELECT pg_snapshot_xmin(pg_current_snapshot())::text", cancellationToken: visit.Cancel)))!, 0);

    private static (string Xid, long Id)? Position(IReadOnlyList<string>? keys) => keys is null ? null
        : ulong.TryParse(keys[0], NumberStyles.None, CultureInfo.InvariantCulture, out _)
            && long.TryParse(keys[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? (keys[0], id)
            : throw Cursor.Bad();

    private sealed record Row
    {
        public long Id { get; init; }

        public string Xid { get; init; } = "";

        public ChangeView? Change { get; init; }
    }
}
