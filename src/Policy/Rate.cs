namespace AgentGateway.Policy;

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
