using AgentGateway.Policy.Sessions;

namespace AgentGateway.Policy;

/// <summary>Everything that decides what an agent may do now, as of one <see cref="Version"/>.</summary>
public sealed record Authority
{
    public required Agent Agent { get; init; }

    public required Guid TokenId { get; init; }

    /// <summary>First 12 characters of the token: enough to recognise, useless to guess.</summary>
    public required string TokenPrefix { get; init; }

    /// <summary>Rises with every change of token, grant, agent, entitlement or block; admission compares it.</summary>
    public required long Version { get; init; }

    /// <summary>Earliest of token expiry, overlap end and entitlement staleness, by the database clock.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    public required IReadOnlyList<Grant> Grants { get; init; }

    /// <summary>Open work sessions, the latest first; none begins or ends without a new <see cref="Version"/>.</summary>
    public IReadOnlyList<OpenSession> Sessions { get; init; } = [];

    /// <summary>The agent's own rates, when it has any.</summary>
    public AgentLimits Limits { get; init; } = AgentLimits.None;
}

/// <summary>A token bucket: so many a second on average, and up to <see cref="Burst"/> at once.</summary>
public readonly record struct Rate(double PerSecond, double Burst)
{
    /// <summary>No limit at all.</summary>
    public static readonly Rate Unlimited;

    public bool IsUnlimited => PerSecond == 0;
}

/// <summary>Limits of one agent's own; null means what the gateway sets for every agent.</summary>
public sealed record AgentLimits(Rate? Calls, Rate? Writes)
{
    public static readonly AgentLimits None = new(null, null);
}
