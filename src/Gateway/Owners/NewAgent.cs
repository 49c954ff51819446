using AgentGateway.Policy;

namespace AgentGateway.Gateway.Owners;

/// <summary>An agent as its owner asks for it; the projects are resolved already.</summary>
internal sealed record NewAgent
{
    public required string Name { get; init; }

    public string Description { get; init; } = "";

    public required string OwnerId { get; init; }

    public required string OwnerName { get; init; }

    public required string Workspace { get; init; }

    public required AgentMode Mode { get; init; }

    public required IReadOnlyList<NewGrant> Grants { get; init; }
}

/// <summary>A grant to be written down, with the bundle's name when the scopes came from one.</summary>
internal sealed record NewGrant(ResolvedProject Project, IReadOnlyCollection<string> Scopes, string? Bundle);

/// <summary>A project as Tasker names it at the time of granting.</summary>
internal sealed record ResolvedProject(Guid Id, string Key, string Name, IReadOnlyList<string> FormerKeys)
{
    /// <summary>The most that any agent may do there; empty: no such limit.</summary>
    public IReadOnlyList<string> MaxScopes { get; init; } = [];
}

/// <summary>A token just issued: the only time its secret exists outside the agent's machine.</summary>
internal sealed record IssuedToken
{
    public required Guid Id { get; init; }

    public required string Token { get; init; }

    public required string Prefix { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    // A record prints its members; this one must not.
    public override string ToString() => $"IssuedToken {Prefix}";
}

/// <summary>When a revoke became final, and how many writes admitted before it were still on their way.</summary>
internal sealed record Revocation(DateTimeOffset RevokedAt, int? InFlight)
{
    public bool Drained => InFlight == 0;
}
