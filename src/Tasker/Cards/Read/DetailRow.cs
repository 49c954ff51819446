using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Cards.Read;

/// <summary>What one card's page needs beyond the card's own row, in one statement.</summary>
internal sealed record DetailRow : ActorRow
{
    public string State { get; init; } = "";

    public string Group { get; init; } = "";

    public string Html { get; init; } = "";

    public string[] Assignees { get; init; } = [];

    public string[] Labels { get; init; } = [];

    public int? ParentNumber { get; init; }

    public string? ParentTitle { get; init; }

    public string? Estimate { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public int CommentCount { get; init; }

    public static Task<DetailRow> ReadAsync(Visit visit, Guid card) => visit.Connection.QuerySingleAsync<DetailRow>(new CommandDefinition(
        """
        SELECT s.name AS state, s."group", i.description_html AS html, p.sequence_id AS parentnumber, p.name AS parenttitle,
               e.value AS estimate, i.created_at AS createdat, i.updated_at AS updatedat,
               b.agent_id AS agentid, b.name AS agentname, u.display_name AS actorname, o.display_name AS ownername,
               (SELECT count(*)::int FROM issue_comments c
                WHERE c.issue_id = i.id AND c.deleted_at IS NULL AND c.access = 'INTERNAL') AS commentcount,
               ARRAY(SELECT m.display_name FROM issue_assignees a JOIN users m ON m.id = a.assignee_id
                     WHERE a.issue_id = i.id AND a.deleted_at IS NULL ORDER BY a.created_at, m.id) AS assignees,
               ARRAY(SELECT l.name FROM issue_labels x JOIN labels l ON l.id = x.label_id
                     WHERE x.issue_id = i.id AND x.deleted_at IS NULL AND l.deleted_at IS NULL ORDER BY l.sort_order, l.name) AS labels
        FROM issues i
        JOIN states s ON s.id = i.state_id
        JOIN users u ON u.id = i.created_by
        LEFT JOIN agent_bots b ON b.user_id = u.id
        LEFT JOIN users o ON o.id = b.owner_id
        LEFT JOIN issues p ON p.id = i.parent_id
        LEFT JOIN estimate_points e ON e.id = i.estimate_point
        WHERE i.id = @card
        """,
        new { card },
        cancellationToken: visit.Cancel));
}
