namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>Lets a device in as a new agent, or as one there is.</summary>
internal sealed record ApproveBody(CreateAgentBody? Agent, string? AgentId, int TokenDays = 90);

/// <summary>Turns a device away.</summary>
internal sealed record DenyBody(string Reason);

/// <summary>Nothing to say: every default holds.</summary>
internal sealed record EmptyBody;
