namespace AgentGateway.Tasker.Agents.Features;

/// <summary>A project and the most that any agent may do in it.</summary>
public sealed record ProjectLimit
{
    public Guid Id { get; init; }

    public string Key { get; init; } = "";

    public string Name { get; init; } = "";

    public bool AgentsEnabled { get; init; }

    /// <summary>Empty: no such limit.</summary>
    public string[] MaxScopes { get; init; } = [];

    /// <summary>Whether the person takes part in the project.</summary>
    public bool IsMember { get; init; }

    /// <summary>off, the name of a bundle, or custom.</summary>
    public string Maximum => !AgentsEnabled ? "off" : MaxScopes.Length == 0 ? "maintainer" : Bundles.NameOf(MaxScopes) ?? "custom";
}
