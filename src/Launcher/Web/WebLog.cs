namespace AgentGateway.Launcher.Web;

/// <summary>What the API tells its operators: ids and names, never bodies or tokens.</summary>
internal static partial class WebLog
{
    [LoggerMessage(4101, LogLevel.Warning, "The database did not answer in time.")]
    public static partial void DatabaseAway(this ILogger logger, Exception failure);

    [LoggerMessage(4102, LogLevel.Error, "Request {Request} failed and changed nothing.")]
    public static partial void Failed(this ILogger logger, Exception failure, string request);
}
