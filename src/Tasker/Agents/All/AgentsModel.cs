using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.Agents.Features;

namespace AgentGateway.Tasker.Agents.All;

/// <summary>The list of agents: one's own, or for administrators everybody's.</summary>
public sealed record AgentsModel
{
    public required Desk Desk { get; init; }

    public required Entitled Entitled { get; init; }

    public required bool IsAll { get; init; }

    public required IReadOnlyList<AgentRow> Rows { get; init; }

    /// <summary>Owners whose agents could not be read.</summary>
    public int Unread { get; init; }
}

/// <summary>An agent in the list.</summary>
public sealed record AgentRow(AgentView Agent, LastCard? Card, DateTimeOffset? TokenSince, bool IsOwn);

/// <summary>The page that makes an agent.</summary>
public sealed record NewAgentModel(Desk Desk, AgentForm Form);
