namespace AgentGateway.Policy;

/// <summary>A named Codex installation that belongs to one owner; <see cref="Id"/> never changes.</summary>
public sealed record Agent
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string OwnerId { get; init; }

    public required string OwnerName { get; init; }

    /// <summary>Slug of the one workspace the agent works in.</summary>
    public required string Workspace { get; init; }

    public required AgentMode Mode { get; init; }
}

/// <summary>What an agent may do at the most, whatever its grants say.</summary>
public enum AgentMode
{
    Full,
    Reporting,
    ReadOnly,
}
