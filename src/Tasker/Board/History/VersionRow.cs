namespace AgentGateway.Tasker.Board.History;

/// <summary>One state of a description and who wrote it; the text itself is read when somebody asks for it.</summary>
internal sealed record VersionRow
{
    public long Rev { get; init; }

    public string Actor { get; init; } = "";

    public string? Agent { get; init; }

    public string? Owner { get; init; }

    public string? Reason { get; init; }

    public long? RestoredFrom { get; init; }

    public DateTime At { get; init; }

    public bool IsCurrent { get; init; }
}

/// <summary>An agent that worked on what a page shows.</summary>
internal sealed record AgentRow(string Id, string Name, string? Owner);
