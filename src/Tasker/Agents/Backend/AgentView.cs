namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>An agent as the gateway shows it to its owner.</summary>
public sealed record AgentView
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Description { get; init; }

    public required OwnerView Owner { get; init; }

    public required string Workspace { get; init; }

    public required string Mode { get; init; }

    /// <summary>active, suspended or revoked.</summary>
    public required string Status { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? LastSeenAt { get; init; }

    public required IReadOnlyList<GrantView> Grants { get; init; }

    public bool IsRevoked => Status == "revoked";
}

/// <summary>Whose agent it is.</summary>
public sealed record OwnerView(string Id, string Name);

/// <summary>A project an agent may touch, and how far.</summary>
public sealed record GrantView
{
    public required string Project { get; init; }

    public required string Name { get; init; }

    public string? Bundle { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }
}

/// <summary>One agent.</summary>
internal sealed record AgentAnswer(AgentView Agent);

/// <summary>All agents of an owner.</summary>
internal sealed record AgentsAnswer(IReadOnlyList<AgentView> Agents);

/// <summary>An agent that was stopped, with the number of its writes still on their way; null: not known.</summary>
internal sealed record StoppedAnswer(AgentView Agent, int? InFlight);

/// <summary>When something ended for good.</summary>
internal sealed record EndedAnswer(DateTimeOffset RevokedAt);

/// <summary>One grant.</summary>
internal sealed record GrantAnswer(GrantView Grant);
