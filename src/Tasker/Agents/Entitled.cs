using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents;

/// <summary>Whether the Launcher lets this person have agents, and the key of the sentence that says so.</summary>
public sealed record Entitled(bool IsEntitled, string Key)
{
    /// <summary>Nothing but a clear yes is a yes.</summary>
    /// <exception cref="FaultException">The gateway cannot say.</exception>
    public static async Task<Entitled> AskAsync(Desk desk, CancellationToken cancel)
    {
        if (desk.Visit.Person.Client is not { } client)
        {
            return new Entitled(false, "entitled.no_client");
        }

        var reply = await desk.Gateway.EntitlementAsync(client, cancel);
        if (reply.Fault is { IsMissing: true })
        {
            return new Entitled(false, "entitled.unknown");
        }

        return Desk.Need(reply).Entitlement switch
        {
            { Blocked: true } => new Entitled(false, "entitled.blocked"),
            { Enabled: false } => new Entitled(false, "entitled.off"),
            _ => new Entitled(true, "entitled.on"),
        };
    }

    /// <exception cref="FaultException">The person may not have agents.</exception>
    public static async Task DemandAsync(Desk desk, CancellationToken cancel)
    {
        if (await AskAsync(desk, cancel) is { IsEntitled: false } refused)
        {
            throw new FaultException(new GatewayFault(StatusCodes.Status403Forbidden, "not_entitled", desk.Words[refused.Key]));
        }
    }
}
