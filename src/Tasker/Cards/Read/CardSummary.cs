using System.Text.Json.Serialization;
using AgentGateway.Tasker.Operations;
using Dapper;

namespace AgentGateway.Tasker.Cards.Read;

/// <summary>A card in a list.</summary>
internal sealed record CardSummary
{
    /// <summary>The columns of a summary, over issues i, projects p and states s.</summary>
    public const string Columns =
        """
        p.identifier || '-' || i.sequence_id AS key, i.project_id AS projectid, i.name AS title, s.name AS state, s."group",
        i.priority, to_char(i.target_date, 'YYYY-MM-DD') AS duedate, i.updated_at AS updatedat, 'r' || i.rev AS rev,
        ARRAY(SELECT u.display_name FROM issue_assignees a JOIN users u ON u.id = a.assignee_id
              WHERE a.issue_id = i.id AND a.deleted_at IS NULL ORDER BY a.created_at, u.id) AS assignees,
        ARRAY(SELECT l.name FROM issue_labels x JOIN labels l ON l.id = x.label_id
              WHERE x.issue_id = i.id AND x.deleted_at IS NULL AND l.deleted_at IS NULL ORDER BY l.sort_order, l.name) AS labels
        """;

    public const string Sources = "issues i JOIN projects p ON p.id = i.project_id JOIN states s ON s.id = i.state_id";

    public const string Visible = "i.deleted_at IS NULL AND i.archived_at IS NULL AND NOT i.is_draft";

    public required string Key { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Title { get; init; }

    public required string State { get; init; }

    public required string Group { get; init; }

    public required string Priority { get; init; }

    public string[] Assignees { get; init; } = [];

    public string[] Labels { get; init; } = [];

    public string? DueDate { get; init; }

    public DateTime UpdatedAt { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Snippet { get; init; }

    public required string Rev { get; init; }

    public static async Task<IReadOnlyList<CardSummary>> BelowAsync(Visit visit, Guid parent) =>
        (await visit.Connection.QueryAsync<CardSummary>(new CommandDefinition(
            $"""
            SELECT {Columns} FROM {Sources}
            WHERE i.parent_id = @parent AND {Visible}
            ORDER BY i.sort_order, i.sequence_id LIMIT 100
            """,
            new { parent },
            cancellationToken: visit.Cancel))).AsList();
}
