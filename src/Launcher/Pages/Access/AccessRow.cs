namespace AgentGateway.Launcher.Pages.Access;

/// <summary>One person in one client: who they are, what they may use, who decided it, and whether the gateway knows.</summary>
public sealed record AccessRow
{
    public required string Client { get; init; }

    public required Guid User { get; init; }

    public required string Name { get; init; }

    public required string Email { get; init; }

    public required string Role { get; init; }

    public required bool IsOperator { get; init; }

    public required bool Blocked { get; init; }

    public required string BlockedReason { get; init; }

    public required bool Enabled { get; init; }

    public required string Reason { get; init; }

    /// <summary>0: nobody has decided yet, so nothing is allowed.</summary>
    public required long Version { get; init; }

    public string? ChangedBy { get; init; }

    public DateTime? ChangedAt { get; init; }

    public string? PushState { get; init; }

    public int Attempts { get; init; }

    public string? LastError { get; init; }

    public bool? Applied { get; init; }

    public DateTime? DeliveredAt { get; init; }

    public DateTime? OccurredAt { get; init; }
}
