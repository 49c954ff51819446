namespace AgentGateway.Gateway.Configure;

/// <summary>The settings that say where Tasker and the Launcher are, and how they are spoken to.</summary>
internal static partial class SettingTable
{
    private const string Tasker = "NODEDC_TASKER_";
    private const string Launcher = "NODEDC_LAUNCHER_";

    public static readonly SettingDefinition<Uri> TaskerBaseUrl = new()
    {
        Name = Tasker + "BASE_URL",
        Description = "Where Tasker is; https unless it is on this machine or ALLOW_HTTP is true.",
        Required = true,
        Parse = SettingParsers.AbsoluteUrl,
    };

    public static readonly SettingDefinition<bool> TaskerAllowHttp = new()
    {
        Name = Tasker + "ALLOW_HTTP",
        Description = "Allows plain http to another machine, for networks that encrypt by themselves.",
        Default = "false",
        Parse = SettingParsers.Flag,
    };

    public static readonly SettingDefinition<IReadOnlyList<Secret>> TaskerInternalToken = new()
    {
        Name = Tasker + "INTERNAL_TOKEN",
        Description = "Token with which the gateway calls Tasker's adapter, at least 16 characters; of two the first is used. "
            + "From a file, a new content counts within five seconds.",
        Secret = true,
        Required = true,
        Parse = SettingParsers.OneOrTwoShortSecrets,
    };

    public static readonly SettingDefinition<Secret> TaskerAssertionKey = new()
    {
        Name = Tasker + "ASSERTION_KEY",
        Description = "Key of the signed call assertion (HS256), at least 32 characters; no assertion is sent without it.",
        Secret = true,
        Parse = SettingParsers.LongSecret,
    };

    public static readonly SettingDefinition<string> TaskerAssertionKeyId = new()
    {
        Name = Tasker + "ASSERTION_KEY_ID",
        Description = "Key id named in the assertion, so that Tasker can hold two while rotating.",
        Default = "1",
        Parse = SettingParsers.Text,
    };

    public static readonly SettingDefinition<Uri?> LauncherBaseUrl = new()
    {
        Name = Launcher + "BASE_URL",
        Description = "Where the Launcher is asked who may have agents; without it only what it pushes counts. "
            + "With it, an owner it does not know is refused.",
        Parse = SettingParsers.AbsoluteUrl,
    };

    public static readonly SettingDefinition<bool> LauncherAllowHttp = new()
    {
        Name = Launcher + "ALLOW_HTTP",
        Description = "Allows plain http to another machine, for networks that encrypt by themselves.",
        Default = "false",
        Parse = SettingParsers.Flag,
    };

    public static readonly SettingDefinition<IReadOnlyList<Secret>> LauncherToken = new()
    {
        Name = Launcher + "API_TOKEN",
        Description = "Token with which the gateway asks the Launcher, at least 32 characters; of two the first is used. "
            + "From a file, a new content counts within five seconds.",
        Secret = true,
        Parse = SettingParsers.OneOrTwoSecrets,
    };
}
