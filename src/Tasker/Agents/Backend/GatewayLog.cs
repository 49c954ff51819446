namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>What operators read of the way to the gateway; never a token, a name or an address.</summary>
internal static partial class GatewayLog
{
    [LoggerMessage(5201, LogLevel.Warning, "The gateway could not be asked: {Cause}.")]
    public static partial void GatewayAway(this ILogger logger, string cause);
}
