using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.One;

/// <summary>One agent on its owner's page, with what went wrong with the last change.</summary>
public sealed record OneModel(Desk Desk, AgentView Agent)
{
    public string? Trouble { get; init; }

    /// <summary>What was typed to confirm a revocation that was refused; null: none was.</summary>
    public string? Confirmation { get; init; }

    /// <summary>What was entered and could not be kept.</summary>
    public PatchAgentBody? Entered { get; init; }

    public string Root => $"/settings/agents/{Agent.Id}";

    public bool MayChange => Desk.Member.MayChange && !Agent.IsRevoked;
}

/// <summary>The tokens of an agent; <see cref="Trouble"/> says why a change was not made.</summary>
public sealed record TokensModel(Desk Desk, AgentView Agent, IReadOnlyList<TokenView> Tokens, string? Trouble = null)
{
    public string Label { get; init; } = "";
}

/// <summary>A token at the one time it is shown.</summary>
public sealed record OnceModel(Desk Desk, AgentView Agent, IssuedAnswer Issued)
{
    // A record prints its members; this one must not.
    public override string ToString() => nameof(OnceModel);
}

/// <summary>A page of an agent's history.</summary>
public sealed record ActivityModel(Desk Desk, AgentView Agent, ActivityAnswer Activity, bool IsFirst);

/// <summary>What an agent may do beside what it did.</summary>
public sealed record ReviewModel(Desk Desk, AgentView Agent, ReviewAnswer Review);

/// <summary>How an agent is connected; the packet is made when it is asked for.</summary>
public sealed record SetupModel(Desk Desk, AgentView Agent, string GatewayUrl, AgentLiveness Liveness, SetupPacket? Packet);
