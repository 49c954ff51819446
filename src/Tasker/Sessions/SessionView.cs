using System.Globalization;
using AgentGateway.Tasker.Cards;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Sessions;

/// <summary>A work session as the adapter shows it: an open one that nobody reports on any more is stale.</summary>
internal sealed record SessionView
{
    private const string Select =
        """
        SELECT x.id, i.project_id AS projectid, p.identifier || '-' || i.sequence_id AS card,
               x.agent_id AS agentid, x.agent_name AS agentname, o.display_name AS ownername,
               CASE WHEN x.finished_at IS NULL AND x.updated_at < clock_timestamp() - @stale THEN 'stale' ELSE x.status END AS status,
               x.goal, x.started_at AS startedat, x.updated_at AS updatedat, x.finished_at AS finishedat, x.comment_id AS commentid
        FROM work_sessions x
        JOIN issues i ON i.id = x.issue_id
        JOIN projects p ON p.id = i.project_id
        LEFT JOIN users o ON o.id = x.owner_id
        """;

    private const string OpenIn =
        "x.finished_at IS NULL AND i.project_id = @project AND i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft";

    public required string Id { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Card { get; init; }

    public required AgentView Agent { get; init; }

    public required string Status { get; init; }

    public required string Goal { get; init; }

    public required DateTime StartedAt { get; init; }

    public required DateTime UpdatedAt { get; init; }

    public required DateTime? FinishedAt { get; init; }

    /// <summary>From when another agent may take an open session over that is not reported on until then.</summary>
    public required DateTime? StaleAfter { get; init; }

    public required Guid? CommentId { get; init; }

    public static async Task<SessionView> GetAsync(Visit visit, string id) =>
        (await QueryAsync(
            visit,
            $"{Select} WHERE x.workspace_id = @workspace AND x.id = @id",
            new { workspace = visit.Workspace, id, stale = visit.StaleAfter }))[0];

    /// <summary>The open session of a card, or null.</summary>
    public static async Task<SessionView?> OfCardAsync(Visit visit, Guid card) =>
        await QueryAsync(
            visit,
            $"{Select} WHERE x.finished_at IS NULL AND x.issue_id = @card",
            new { card, stale = visit.StaleAfter }) is [var open] ? open : null;

    /// <summary>Open sessions on the cards of a project that people can see, the oldest first.</summary>
    public static Task<IReadOnlyList<SessionView>> OpenAsync(Visit visit, Guid project, (DateTime At, string Id)? after, int count) => QueryAsync(
        visit,
        $"""
        {Select}
        WHERE {OpenIn} AND (@at::timestamptz IS NULL OR (x.started_at, x.id) > (@at, @id))
        ORDER BY x.started_at, x.id LIMIT @count
        """,
        new { project, count, at = after?.At, id = after?.Id ?? "", stale = visit.StaleAfter });

    public static Task<int> CountOpenAsync(Visit visit, Guid project) => visit.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
        $"SELECT count(*)::int FROM work_sessions x JOIN issues i ON i.id = x.issue_id WHERE {OpenIn}",
        new { project },
        cancellationToken: visit.Cancel));

    public string[] Position() => [StartedAt.ToString("O", CultureInfo.InvariantCulture), Id];

    private static async Task<IReadOnlyList<SessionView>> QueryAsync(Visit visit, string sql, object values) =>
        [.. (await visit.Connection.QueryAsync<Row>(new CommandDefinition(sql, values, cancellationToken: visit.Cancel)))
            .Select(row => row.Show(visit))];

    private sealed record Row
    {
        public string Id { get; init; } = "";

        public Guid ProjectId { get; init; }

        public string Card { get; init; } = "";

        public string AgentId { get; init; } = "";

        public string AgentName { get; init; } = "";

        public string? OwnerName { get; init; }

        public string Status { get; init; } = "";

        public string Goal { get; init; } = "";

        public DateTime StartedAt { get; init; }

        public DateTime UpdatedAt { get; init; }

        public DateTime? FinishedAt { get; init; }

        public Guid? CommentId { get; init; }

        public SessionView Show(Visit visit) => new()
        {
            Id = Id,
            ProjectId = ProjectId,
            Card = Card,
            Agent = new AgentView(AgentId, AgentName, OwnerName),
            Status = Status,
            Goal = Goal,
            StartedAt = StartedAt,
            UpdatedAt = UpdatedAt,
            FinishedAt = FinishedAt,
            StaleAfter = FinishedAt is null ? UpdatedAt + visit.StaleAfter : null,
            CommentId = CommentId,
        };
    }
}
