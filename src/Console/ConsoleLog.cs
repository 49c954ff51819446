namespace AgentGateway.Console;

/// <summary>What the console's operators should read.</summary>
internal static partial class ConsoleLog
{
    [LoggerMessage(5001, LogLevel.Error, "The verification of the audit ended early.")]
    public static partial void VerificationFailed(this ILogger logger, Exception failure);

    [LoggerMessage(5002, LogLevel.Warning, "The book cannot be read: {Failure}.")]
    public static partial void BookAway(this ILogger logger, string failure);

    [LoggerMessage(5003, LogLevel.Warning, "The manifest could not be read at the start; the routes page says why.")]
    public static partial void ManifestNotReady(this ILogger logger, Exception failure);
}
