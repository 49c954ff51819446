using System.Text.Json.Serialization;

namespace AgentGateway.Gateway.Owners;

/// <summary>An agent as its owner sees it.</summary>
internal sealed record AgentView
{
    public string Id { get; init; } = "";

    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public OwnerView Owner => new(OwnerId, OwnerName);

    public string Workspace { get; init; } = "";

    public string Mode { get; init; } = "";

    public string Status { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime? LastSeenAt { get; init; }

    public IReadOnlyList<GrantView> Grants { get; init; } = [];

    public LimitsView Limits => new(CallRate, CallBurst, WriteRate, WriteBurst);

    [JsonIgnore]
    public double? CallRate { get; init; }

    [JsonIgnore]
    public double? CallBurst { get; init; }

    [JsonIgnore]
    public double? WriteRate { get; init; }

    [JsonIgnore]
    public double? WriteBurst { get; init; }

    [JsonIgnore]
    public string OwnerId { get; init; } = "";

    [JsonIgnore]
    public string OwnerName { get; init; } = "";
}

/// <summary>How often an agent may call: a second on average, and at once; null: as often as any agent.</summary>
internal sealed record LimitsView(double? CallRate, double? CallBurst, double? WriteRate, double? WriteBurst);

/// <summary>Who an agent belongs to.</summary>
internal sealed record OwnerView(string Id, string Name);

/// <summary>A project an agent may touch, and how far.</summary>
internal sealed record GrantView
{
    public string Project { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Bundle { get; init; }

    public string[] Scopes { get; init; } = [];

    public DateTime? RevokedAt { get; init; }

    [JsonIgnore]
    public string AgentId { get; init; } = "";

    [JsonIgnore]
    public Guid ProjectId { get; init; }
}

/// <summary>What may be known of a token after it was shown once.</summary>
internal sealed record TokenView
{
    public Guid TokenId { get; init; }

    public string Prefix { get; init; } = "";

    public string Label { get; init; } = "";

    public DateTime CreatedAt { get; init; }

    public DateTime? ExpiresAt { get; init; }

    public DateTime? LastUsedAt { get; init; }

    public DateTime? RevokedAt { get; init; }

    public string? RevokedBy { get; init; }

    public string? Reason { get; init; }

    public Guid? SupersededBy { get; init; }
}

/// <summary>One event of an agent's history: ids, names and reasons.</summary>
internal sealed record ActivityView
{
    public long Sequence { get; init; }

    public DateTime At { get; init; }

    public string Kind { get; init; } = "";

    public string Decision { get; init; } = "";

    public string? Reason { get; init; }

    public string? Cause { get; init; }

    public string? Actor { get; init; }

    public string? Tool { get; init; }

    public string? Project { get; init; }

    public string? Card { get; init; }

    public string? Scope { get; init; }

    public string? TokenPrefix { get; init; }

    public Guid? RequestId { get; init; }

    public int? UpstreamStatus { get; init; }

    public int? DurationMs { get; init; }

    public int Count { get; init; }
}

/// <summary>What an agent may do in a project beside what it did there.</summary>
internal sealed record ReviewView
{
    public required string Project { get; init; }

    public required IReadOnlyList<string> Granted { get; init; }

    public required IReadOnlyList<string> Used { get; init; }

    public required IReadOnlyList<string> Unused { get; init; }

    public required long Calls { get; init; }
}
