namespace AgentGateway.Tasker.Agents.Features;

/// <summary>The card that an agent changed last.</summary>
public sealed record LastCard
{
    public string Agent { get; init; } = "";

    public string Project { get; init; } = "";

    public int Number { get; init; }

    public string Title { get; init; } = "";
}
