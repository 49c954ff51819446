namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>The Launcher's word on a person, as the gateway holds it.</summary>
internal sealed record EntitlementAnswer(EntitlementView Entitlement);

/// <summary>Whether a person may have agents.</summary>
internal sealed record EntitlementView(bool Enabled, bool Blocked, string Reason);

/// <summary>What the gateway says of itself.</summary>
public sealed record HealthAnswer(string Status, string Version, string ManifestDigest, long UptimeSeconds);

/// <summary>Why the gateway did not do it.</summary>
internal sealed record ProblemAnswer
{
    public required string Code { get; init; }

    public required string Detail { get; init; }

    public string? Hint { get; init; }

    public IReadOnlyList<ProblemField>? Errors { get; init; }
}

/// <summary>The member that did not fit.</summary>
internal sealed record ProblemField(string Field, string? Detail);
