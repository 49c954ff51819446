using AgentGateway.Tasker.Cards;
using AgentGateway.Tasker.Projects;

namespace AgentGateway.Tasker.Operations;

/// <summary>A write inside its transaction: the project is compared, the key is claimed, the actor exists.</summary>
internal sealed record Change
{
    public required Visit Visit { get; init; }

    public required ProjectRow Project { get; init; }

    /// <summary>The user the history names: the agent's own bot.</summary>
    public required Guid Bot { get; init; }

    public required string? IfMatch { get; init; }

    /// <summary>The locked card; writes on a project have none.</summary>
    public CardRow? Locked { get; init; }

    public CardRow Card => Locked ?? throw new InvalidOperationException("This write has no card.");

    public bool May(string scope) => Visit.Caller.Scopes.Contains(scope) && (Project.MaxScopes is [] || Project.MaxScopes.Contains(scope));

    /// <summary>Demands a scope that the arguments or the present state turned out to need.</summary>
    public void Demand(string scope)
    {
        Visit.Caller.Demand(scope);
        Project.Demand(scope);
    }
}
