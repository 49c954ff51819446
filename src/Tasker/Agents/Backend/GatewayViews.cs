namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>An agent as the gateway shows it to its owner.</summary>
internal sealed record AgentView
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
internal sealed record OwnerView(string Id, string Name);

/// <summary>A project an agent may touch, and how far.</summary>
internal sealed record GrantView
{
    public required string Project { get; init; }

    public required string Name { get; init; }

    public string? Bundle { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }
}

/// <summary>What may be known of a token after it was shown once.</summary>
internal sealed record TokenView
{
    public required Guid TokenId { get; init; }

    public required string Prefix { get; init; }

    public required string Label { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public string? RevokedBy { get; init; }

    public string? Reason { get; init; }

    public bool IsLive(DateTimeOffset now) => RevokedAt is null && (ExpiresAt ?? DateTimeOffset.MaxValue) > now;
}

/// <summary>One event of an agent's history.</summary>
internal sealed record ActivityView
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
