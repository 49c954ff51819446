using Microsoft.Extensions.Logging;

namespace AgentGateway.Canon.Serve;

/// <summary>What the pages' operators should read.</summary>
internal static partial class CanonLog
{
    [LoggerMessage(4001, LogLevel.Error, "The page {Path} failed.")]
    public static partial void PageFailed(this ILogger logger, string path, Exception failure);

    [LoggerMessage(4002, LogLevel.Warning, "A launch token was refused: {Fault}.")]
    public static partial void LaunchRefused(this ILogger logger, SignIn.LaunchFault fault);

    [LoggerMessage(4003, LogLevel.Information, "{Person} signed in as {Role}.")]
    public static partial void SignedIn(this ILogger logger, string person, SignIn.Role role);
}
