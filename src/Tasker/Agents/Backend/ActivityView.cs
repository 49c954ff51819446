namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>One event of an agent's history.</summary>
public sealed record ActivityView
{
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    public required string Kind { get; init; }

    public required string Decision { get; init; }

    public string? Reason { get; init; }

    public string? Cause { get; init; }

    public string? Actor { get; init; }

    public string? Tool { get; init; }

    public string? Project { get; init; }

    public string? Card { get; init; }

    public string? TokenPrefix { get; init; }

    public int? DurationMs { get; init; }

    public required int Count { get; init; }
}

/// <summary>A page of an agent's history.</summary>
public sealed record ActivityAnswer(IReadOnlyList<ActivityView> Events, string? NextCursor);

/// <summary>Granted beside used.</summary>
public sealed record ReviewAnswer(int Days, IReadOnlyList<ReviewView> Projects, IReadOnlyList<TokenView> TokensWithoutExpiry);

/// <summary>What an agent may do in a project beside what it did there.</summary>
public sealed record ReviewView(
    string Project, IReadOnlyList<string> Granted, IReadOnlyList<string> Used, IReadOnlyList<string> Unused, long Calls);
