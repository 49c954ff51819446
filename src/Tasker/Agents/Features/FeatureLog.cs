namespace AgentGateway.Tasker.Agents.Features;

/// <summary>What operators read of changes that hold for a whole workspace: who, what, and how far.</summary>
internal static partial class FeatureLog
{
    [LoggerMessage(5211, LogLevel.Information, "{Person} turned agents to {Enabled} in {Workspace}.")]
    public static partial void AgentsSwitched(this ILogger logger, Guid person, bool enabled, string workspace);

    [LoggerMessage(5212, LogLevel.Information, "{Person} set the most that agents may do in {Project} to {Maximum}.")]
    public static partial void ProjectLimited(this ILogger logger, Guid person, string project, string maximum);

    [LoggerMessage(5213, LogLevel.Warning, "{Person} stopped {Stopped} agents at once; {Unsure} are uncertain.")]
    public static partial void EmergencyStopped(this ILogger logger, Guid person, int stopped, int unsure);
}
