using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Text;
using Dapper;

namespace AgentGateway.Tasker.Cards.Comments;

/// <summary>A comment as the adapter shows it; what came in from outside the team is never among them.</summary>
internal sealed record CommentView(
    Guid Id, Guid ProjectId, ActorView Author, string BodyMarkdown, DateTime CreatedAt, DateTime? EditedAt, Guid? ReplyTo, string? SessionId)
{
    private const string Select =
        $"""
        SELECT x.id, x.project_id AS projectid, x.body_markdown AS body, x.created_at AS createdat, x.edited_at AS editedat,
               x.parent_id AS replyto, x.session_id AS sessionid, {ActorRow.Columns}
        FROM issue_comments x
        JOIN users u ON u.id = x.actor_id
        LEFT JOIN users o ON o.id = x.owner_id
        WHERE x.issue_id = @card AND x.deleted_at IS NULL AND x.access = 'INTERNAL'
        """;

    public static async Task<IReadOnlyList<CommentView>> NewestAsync(Visit visit, Guid card, int count) =>
        await QueryAsync(visit, Select + " ORDER BY x.created_at DESC, x.id DESC LIMIT @count", new { card, count });

    public static async Task<IReadOnlyList<CommentView>> PageAsync(
        Visit visit, Guid card, DateTime? since, IReadOnlyList<string>? after, int count) => await QueryAsync(
        visit,
        Select +
        """
         AND (@since::timestamptz IS NULL OR x.created_at > @since)
         AND (@at::timestamptz IS NULL OR (x.created_at, x.id) < (@at, @id::uuid))
        ORDER BY x.created_at DESC, x.id DESC LIMIT @count
        """,
        new { card, since, at = After(after), id = after is null ? (Guid?)null : Guid.Parse(after[1]), count });

    public static async Task<CommentView> GetAsync(Visit visit, Guid card, Guid id) =>
        (await QueryAsync(visit, Select + " AND x.id = @id", new { card, id }))[0];

    public string[] Position() => [CreatedAt.ToString("O", System.Globalization.CultureInfo.InvariantCulture), Id.ToString("D")];

    private static async Task<IReadOnlyList<CommentView>> QueryAsync(Visit visit, string sql, object values) =>
        [.. (await visit.Connection.QueryAsync<Row>(new CommandDefinition(sql, values, cancellationToken: visit.Cancel)))
            .Select(row => new CommentView(
                row.Id, row.ProjectId, ActorView.Of(row), Page.Shown(row.Body), row.CreatedAt, row.EditedAt, row.ReplyTo, row.SessionId))];

    private static DateTime? After(IReadOnlyList<string>? after) => after is null ? null : DateTime.Parse(
        after[0], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.RoundtripKind);

    private sealed record Row : ActorRow
    {
        public Guid Id { get; init; }

        public Guid ProjectId { get; init; }

        public string Body { get; init; } = "";

        public DateTime CreatedAt { get; init; }

        public DateTime? EditedAt { get; init; }

        public Guid? ReplyTo { get; init; }

        public string? SessionId { get; init; }
    }
}
