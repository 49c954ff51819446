namespace AgentGateway.Launcher.Entitlements;

/// <summary>What a person may use in a client now; version 0 means it was never decided, so nothing is allowed.</summary>
internal sealed record ModuleState(
    string Client, Guid User, string Module, bool Enabled, bool Blocked, string Reason, long Version, string? ChangedBy, DateTime? ChangedAt)
{
    public bool Allowed => Enabled && !Blocked;
}

/// <summary>The answer to a switch: whether it changed anything, and how things are.</summary>
internal sealed record ModuleChange(bool Changed, ModuleState Entitlement);

/// <summary>The answer to a block: whether it changed anything, and the versions it made, per client.</summary>
internal sealed record BlockChange(bool Changed, Guid User, bool Blocked, string Reason, IReadOnlyDictionary<string, long> Versions);
