namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>The Launcher's word on one user of one client, as it is pushed.</summary>
internal sealed record EntitlementBody
{
    public required bool Enabled { get; init; }

    public required bool Blocked { get; init; }

    public required string Reason { get; init; }

    public required string Actor { get; init; }

    public required long Version { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>In a batch only: there the address names nobody.</summary>
    public string? ClientId { get; init; }

    public string? UserId { get; init; }
}

/// <summary>Everything the Launcher knows, or a part of it.</summary>
internal sealed record EntitlementBatchBody
{
    public required IReadOnlyList<EntitlementBody> Entitlements { get; init; }
}

/// <summary>An entitlement as it is stored.</summary>
internal sealed record EntitlementView
{
    public string ClientId { get; init; } = "";

    public string UserId { get; init; } = "";

    public bool Enabled { get; init; }

    public bool Blocked { get; init; }

    public string Reason { get; init; } = "";

    public string Actor { get; init; } = "";

    public long Version { get; init; }

    public DateTime OccurredAt { get; init; }

    public DateTime ReceivedAt { get; init; }
}

/// <summary>One entitlement read back.</summary>
internal sealed record EntitlementAnswer(EntitlementView Entitlement);

/// <summary>Whether the pushed version was newer, and what holds now.</summary>
internal sealed record AppliedAnswer(bool Applied, EntitlementView Entitlement);

/// <summary>The answers to a batch, in its order.</summary>
internal sealed record BatchAnswer(int Applied, IReadOnlyList<AppliedAnswer> Results);
