namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>A new agent as its owner wishes it.</summary>
internal sealed record CreateAgentBody
{
    public required string Name { get; init; }

    public required string Workspace { get; init; }

    public required string Mode { get; init; }

    public string Description { get; init; } = "";

    public required string OwnerName { get; init; }

    public required IReadOnlyList<GrantBody> Grants { get; init; }
}

/// <summary>A project and how far an agent may go there.</summary>
internal sealed record GrantBody(string Project, string Bundle);

/// <summary>How far an agent may go in the project of the address.</summary>
internal sealed record ReachBody(string Bundle);

/// <summary>Changes what is named.</summary>
public sealed record PatchAgentBody(string Name, string Description, string Mode);

/// <summary>Says why something is stopped.</summary>
internal sealed record CauseBody(string Reason, int DrainSeconds = 5);

/// <summary>Asks for a token.</summary>
internal sealed record TokenBody(string Label, int ExpiresInDays);

/// <summary>Asks for a token in place of another.</summary>
internal sealed record RotateBody(int OverlapSeconds);

/// <summary>Lets a device in as a new agent, or as one there is.</summary>
internal sealed record ApproveBody(CreateAgentBody? Agent, string? AgentId, int TokenDays = 90);

/// <summary>Turns a device away.</summary>
internal sealed record DenyBody(string Reason);

/// <summary>Nothing to say: every default holds.</summary>
internal sealed record EmptyBody;
