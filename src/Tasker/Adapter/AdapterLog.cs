namespace AgentGateway.Tasker.Adapter;

/// <summary>What the adapter tells its operators: ids and names, never bodies or tokens.</summary>
internal static partial class AdapterLog
{
    [LoggerMessage(3101, LogLevel.Warning, "The database did not answer in time.")]
    public static partial void DatabaseAway(this ILogger logger, Exception failure);

    [LoggerMessage(3102, LogLevel.Error, "Request {Trace} failed and changed nothing.")]
    public static partial void Failed(this ILogger logger, Exception failure, string trace);

    [LoggerMessage(3103, LogLevel.Information, "Agent {Agent} used {Tool}: {Method} {Path} answered {Status}.")]
    public static partial void Served(this ILogger logger, string agent, string? tool, string method, string path, int status);

    [LoggerMessage(3104, LogLevel.Information, "The gateway's tokens were read anew from their file; {Count} are valid now.")]
    public static partial void TokensReplaced(this ILogger logger, int count);

    [LoggerMessage(3105, LogLevel.Error, "The gateway's tokens were not read anew, the old ones stay: {Why}")]
    public static partial void TokensNotReplaced(this ILogger logger, string why);
}
