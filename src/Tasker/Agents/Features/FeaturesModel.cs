using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.Features;

/// <summary>The page Workspace settings → Features.</summary>
public sealed record FeaturesModel(Desk Desk, Entitled Entitled)
{
    /// <summary>Null: the gateway does not answer, and <see cref="Fault"/> says so.</summary>
    public HealthAnswer? Health { get; init; }

    public GatewayFault? Fault { get; init; }

    /// <summary>How many agents of this person could act now.</summary>
    public int Active { get; init; }

    public IReadOnlyList<string> Missing { get; init; } = [];

    public bool HasConsole { get; init; }
}
