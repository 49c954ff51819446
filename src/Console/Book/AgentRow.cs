namespace AgentGateway.Console.Book;

/// <summary>An agent with what a review looks at.</summary>
public sealed record AgentRow
{
    private static readonly TimeSpan LongUnused = TimeSpan.FromDays(30);
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string OwnerId { get; init; } = "";

    public string OwnerName { get; init; } = "";

    public string Workspace { get; init; } = "";

    public string Mode { get; init; } = "";

    public string Status { get; init; } = "";

    public string Description { get; init; } = "";

    public long AuthorityVersion { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? LastSeenAt { get; init; }

    /// <summary>The Launcher's word on the owner; null: it has said nothing.</summary>
    public bool? Entitled { get; init; }

    /// <summary>Each granted project with its bundle, or with the number of its scopes.</summary>
    public string[] Projects { get; init; } = [];

    public int LiveTokens { get; init; }

    public bool HasEndlessToken { get; init; }

    public DateTime? NextExpiry { get; init; }

    /// <summary>What a reviewer should ask about, as keys of phrases.</summary>
    public IEnumerable<string> Questions(DateTimeOffset now)
    {
        if (Status == "revoked")
        {
            yield break;
        }

        var seen = LastSeenAt ?? CreatedAt;
        if (now.UtcDateTime - seen > LongUnused)
        {
            yield return LastSeenAt is null ? "review.never_used" : "review.long_unused";
        }

        if (Entitled is false && LiveTokens > 0)
        {
            yield return "review.not_entitled";
        }

        if (HasEndlessToken)
        {
            yield return "review.endless_token";
        }

        if (LiveTokens > 1)
        {
            yield return "review.many_tokens";
        }

        if (NextExpiry is { } expiry && expiry - now.UtcDateTime < Soon)
        {
            yield return "review.expires_soon";
        }

        if (Projects.Any(project => project.EndsWith(" maintainer", StringComparison.Ordinal)))
        {
            yield return "review.maintainer";
        }
    }
}

/// <summary>What an agent may do in one project, and how much of it its last calls used.</summary>
public sealed record GrantRow
{
    public string ProjectKey { get; init; } = "";

    public string ProjectName { get; init; } = "";

    public string? Bundle { get; init; }

    public string[] Scopes { get; init; } = [];

    public DateTime? RevokedAt { get; init; }
}

/// <summary>A token by its prefix; what it is stored as is not for reviewers.</summary>
public sealed record TokenRow
{
    public string Prefix { get; init; } = "";

    public string Label { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime? ExpiresAt { get; init; }

    public DateTime? RevokedAt { get; init; }

    public DateTime? LastUsedAt { get; init; }

    public bool IsLive { get; init; }
}

/// <summary>How often a scope was used among an agent's last calls.</summary>
public sealed record ScopeUse
{
    public string Scope { get; init; } = "";

    public long Calls { get; init; }

    public DateTime LastAt { get; init; }
}
