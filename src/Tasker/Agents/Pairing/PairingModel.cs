using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.Pairing;

/// <summary>The page where a code is entered, and where its device is let in or turned away.</summary>
public sealed record PairingModel(Desk Desk)
{
    public string Code { get; init; } = "";

    /// <summary>Null until a code was entered that somebody waits behind.</summary>
    public PairingView? Pairing { get; init; }

    /// <summary>The agent it became, once it is approved.</summary>
    public AgentView? Agent { get; init; }

    /// <summary>What a new agent would be.</summary>
    public AgentForm Form { get; init; } = new();

    /// <summary>The owner's agents that a device may become instead.</summary>
    public IReadOnlyList<AgentView> Known { get; init; } = [];

    public string? Trouble { get; init; }
}
