using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.Shared;

/// <summary>A form that could not be sent on, whole, so that one click sends it again.</summary>
public sealed record Retry(GatewayFault Fault, string Address, IReadOnlyList<KeyValuePair<string, string>> Fields);
