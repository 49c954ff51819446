namespace AgentGateway.Gateway.Accept.Door;

/// <summary>What operators read about requests that never became a call; never anything a caller wrote.</summary>
internal static partial class DoorLog
{
    [LoggerMessage(1101, LogLevel.Information, "Refused request {RequestId} at the front door with {Status}: {Detail}")]
    public static partial void RefusedAtTheDoor(this ILogger logger, int status, string detail, string requestId);

    [LoggerMessage(1102, LogLevel.Error, "Request {RequestId} failed; the caller got internal_error.")]
    public static partial void Failed(this ILogger logger, Exception cause, string requestId);

    [LoggerMessage(1103, LogLevel.Warning, "Closed {Count} connections at once: one source or all together had too many open.")]
    public static partial void ClosedConnections(this ILogger logger, int count);
}
