using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents;

/// <summary>A page cannot be shown, and the fault says why in words for its reader.</summary>
internal sealed class FaultException(GatewayFault fault) : Exception(fault.Code)
{
    public GatewayFault Fault { get; } = fault;
}
