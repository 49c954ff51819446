using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Cards;

/// <summary>A link of a card.</summary>
internal sealed record LinkView
{
    public Guid Id { get; init; }

    public string Url { get; init; } = "";

    public string? Title { get; init; }

    public string Kind { get; init; } = "";

    public Guid ProjectId { get; init; }

    public static async Task<IReadOnlyList<LinkView>> OfAsync(Visit visit, Guid card) =>
        (await visit.Connection.QueryAsync<LinkView>(new CommandDefinition(
            """
            SELECT l.id, l.url, l.title, l.kind, i.project_id AS projectid
            FROM issue_links l JOIN issues i ON i.id = l.issue_id
            WHERE l.issue_id = @card AND l.deleted_at IS NULL ORDER BY l.created_at, l.id LIMIT 100
            """,
            new { card },
            cancellationToken: visit.Cancel))).AsList();
}
