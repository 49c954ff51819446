using AgentGateway.Tasker.Board.History;

namespace AgentGateway.Tasker.Board;

/// <summary>What the card page shows beside the tile.</summary>
internal sealed record CardDetail
{
    public required CardRow Card { get; init; }

    public required CardBody Body { get; init; }

    public required IReadOnlyList<CommentRow> Comments { get; init; }

    public required IReadOnlyList<LinkRow> Links { get; init; }

    public required IReadOnlyList<ActivityRow> Activity { get; init; }

    public required IReadOnlyList<CardRow> Subcards { get; init; }

    public required IReadOnlyList<VersionRow> Versions { get; init; }

    /// <summary>The agents that worked on the card.</summary>
    public required IReadOnlyList<AgentRow> Agents { get; init; }

    /// <summary>The agent whose history alone is shown, or null.</summary>
    public required string? Agent { get; init; }
}

/// <summary>Description and origin of a card; the HTML is as stored, so never sent unsanitised.</summary>
internal sealed record CardBody
{
    public string DescriptionHtml { get; init; } = "";

    public string CreatedBy { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; init; }

    public string? Parent { get; init; }

    public string? ParentTitle { get; init; }

    public string? ExternalSource { get; init; }
}

/// <summary>One comment with whoever wrote it: a person, or an agent on behalf of one.</summary>
internal sealed record CommentRow
{
    public string Author { get; init; } = "";

    public string? Agent { get; init; }

    public string? Owner { get; init; }

    public string Html { get; init; } = "";

    public DateTime At { get; init; }

    public DateTime? EditedAt { get; init; }

    /// <summary>Status of the work session this comment tells of, or null.</summary>
    public string? Session { get; init; }
}

/// <summary>One link of a card; the address is as stored, so its scheme is checked before it becomes a link.</summary>
internal sealed record LinkRow
{
    public string Url { get; init; } = "";

    public string? Title { get; init; }

    public string Kind { get; init; } = "other";
}

/// <summary>One entry of a card's history.</summary>
internal sealed record ActivityRow
{
    public string Actor { get; init; } = "";

    public string? Agent { get; init; }

    public string? Owner { get; init; }

    public string Verb { get; init; } = "";

    public string? Field { get; init; }

    public string? OldValue { get; init; }

    public string? NewValue { get; init; }

    public DateTime At { get; init; }
}
