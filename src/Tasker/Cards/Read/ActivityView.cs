using System.Globalization;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Adapter.Input;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Cards.Read;

/// <summary>A line of a card's history.</summary>
internal sealed record ActivityView(
    Guid Id, Guid ProjectId, DateTime At, ActorView Actor, string Verb, string? Field, string? Old, string? New, string? Reason, string? TraceId)
{
    public static async Task<IReadOnlyList<ActivityView>> NewestAsync(
        Visit visit, Guid card, int count, (DateTime At, Guid Id)? after = null) =>
        [.. (await visit.Connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT x.id, x.project_id AS projectid, x.created_at AS at, x.verb, x.field, x.old_value AS old, x.new_value AS new,
                   x.reason, x.trace_id AS traceid, {ActorRow.Columns}
            FROM issue_activities x
            LEFT JOIN users u ON u.id = x.actor_id
            LEFT JOIN users o ON o.id = x.owner_id
            WHERE x.issue_id = @card AND (@at::timestamptz IS NULL OR (x.created_at, x.id) < (@at, @id::uuid))
            ORDER BY x.created_at DESC, x.id DESC LIMIT @count
            """,
            new { card, count, at = after?.At, id = after?.Id },
            cancellationToken: visit.Cancel)))
            .Select(row => new ActivityView(
                row.Id, row.ProjectId, row.At, ActorView.Of(row), row.Verb, row.Field, row.Old, row.New, row.Reason, row.TraceId))];

    private sealed record Row : ActorRow
    {
        public Guid Id { get; init; }

        public Guid ProjectId { get; init; }

        public DateTime At { get; init; }

        public string Verb { get; init; } = "";

        public string? Field { get; init; }

        public string? Old { get; init; }

        public string? New { get; init; }

        public string? Reason { get; init; }

        public string? TraceId { get; init; }
    }
}

/// <summary>A page of a card's history, newest first.</summary>
internal sealed record ActivityPage(Guid ProjectId, string Card, IReadOnlyList<ActivityView> Activity, int Total, string? NextCursor);

/// <summary>Lists what was done to a card and by whom.</summary>
internal static class ListActivity
{
    public static async Task<Outcome> RunAsync(HttpContext http, Visit visit)
    {
        var query = new QueryArguments(http.Request, "limit", "cursor");
        var limit = query.Number("limit", 25, 100);
        var (project, card) = await CardDetail.FindAsync(visit, http);
        var question = $"activity:{card.Id}";
        var after = Position(Cursor.Read(query.Cursor, question, 2));
        var total = await visit.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
            "SELECT count(*)::int FROM issue_activities WHERE issue_id = @Id", card, cancellationToken: visit.Cancel));
        var rows = await ActivityView.NewestAsync(visit, card.Id, limit + 1, after);
        var (activity, more) = Page.Cut(rows, limit, AdapterJson.Wire.ActivityView);
        var next = more
            ? Cursor.Write(question, activity[^1].At.ToString("O", CultureInfo.InvariantCulture), activity[^1].Id.ToString("D"))
            : null;
        return Outcome.Of(
            StatusCodes.Status200OK, new ActivityPage(project.Id, card.Key, activity, total, next), AdapterJson.Wire.ActivityPage);
    }

    private static (DateTime At, Guid Id)? Position(IReadOnlyList<string>? keys) => keys is null ? null
        : DateTime.TryParse(keys[0], CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var at) && Guid.TryParse(keys[1], out var id)
            ? (at, id)
            : throw Cursor.Bad();
}
