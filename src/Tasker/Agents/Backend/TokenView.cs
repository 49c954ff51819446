namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>What may be known of a token after it was shown once.</summary>
public sealed record TokenView
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

/// <summary>What may be known of an agent's tokens.</summary>
internal sealed record TokensAnswer(IReadOnlyList<TokenView> Tokens);

/// <summary>A token just issued; null when the answer is a repeat, and then <see cref="Note"/> says so.</summary>
public sealed record IssuedAnswer(string? Token, string Prefix, DateTimeOffset? ExpiresAt, DateTimeOffset? OldValidUntil, string? Note)
{
    // A record prints its members; this one must not.
    public override string ToString() => $"IssuedAnswer {Prefix}";
}
