namespace AgentGateway.Tasker.Board;

/// <summary>What the board tells its operators.</summary>
internal static partial class BoardLog
{
    [LoggerMessage(3201, LogLevel.Warning, "Open boards are refreshed by polling: Postgres notifications are out of reach.")]
    public static partial void NotListening(this ILogger logger, Exception failure);
}
