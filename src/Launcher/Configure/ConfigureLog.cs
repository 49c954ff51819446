namespace AgentGateway.Launcher.Configure;

/// <summary>What operators are told about settings that change while the Launcher runs: names, never values.</summary>
internal static partial class ConfigureLog
{
    [LoggerMessage(4301, LogLevel.Information, "{Name} has a new content; {Count} value(s) are valid now.")]
    public static partial void TokensReplaced(this ILogger logger, string name, int count);

    [LoggerMessage(4302, LogLevel.Error, "The file of {Name} {Problem}; the values from before stay valid.")]
    public static partial void TokensNotReplaced(this ILogger logger, string name, string problem);
}
