namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>What a device says of itself; only its source address is known to be true.</summary>
public sealed record PairingView
{
    public required string UserCode { get; init; }

    /// <summary>pending, approved, denied or redeemed.</summary>
    public required string Status { get; init; }

    public required string Name { get; init; }

    public string? Host { get; init; }

    public string? Client { get; init; }

    public required string SourceAddress { get; init; }

    public required PairingWish Requested { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required string Warning { get; init; }
}

/// <summary>What the device would like; the owner chooses.</summary>
public sealed record PairingWish
{
    public string? Workspace { get; init; }

    public IReadOnlyList<string>? Projects { get; init; }

    public string? Bundle { get; init; }

    public string? Mode { get; init; }
}

/// <summary>A device that asks, with its agent once it was let in.</summary>
internal sealed record PairingAnswer(PairingView Pairing, AgentView? Agent);

/// <summary>All that connects one agent; never a token.</summary>
public sealed record SetupPacket(
    string McpUrl, string ConfigToml, string CodexMcpAdd, PacketConnect Connect, string AgentsMd, IReadOnlyList<string> ExpectedTools,
    IReadOnlyList<string> Warnings);

/// <summary>How the helper script is checked and run.</summary>
public sealed record PacketConnect(string Script, IReadOnlyList<string> Commands);
