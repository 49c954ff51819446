using AgentGateway.Policy;

namespace AgentGateway.Gateway.Configure;

/// <summary>Where people, agents, Tasker and the Launcher are found, how much and how often one may ask, how long answers are kept.</summary>
internal static partial class SettingTable
{
    public static readonly SettingDefinition<Uri?> PublicUrl = new()
    {
        Name = Own + "PUBLIC_URL",
        Description = "How agents reach the gateway from where they are; else the first of URLS, on this machine.",
        Parse = SettingParsers.AbsoluteUrl,
    };

    public static readonly SettingDefinition<Uri?> VerificationUrl = new()
    {
        Name = Own + "VERIFICATION_URL",
        Description = "Tasker's page where a person enters the code of a pairing; else BASE_URL with /settings/agents/pair.",
        Parse = SettingParsers.AbsoluteUrl,
    };

    public static readonly SettingDefinition<TimeSpan> OutcomeRetention = new()
    {
        Name = Own + "OUTCOME_RETENTION",
        Description = "How long the outcome of a write is kept, to answer a repetition with it.",
        Default = "30d",
        Parse = SettingParsers.Duration,
    };

    public static readonly SettingDefinition<TimeSpan> KeyRetention = new()
    {
        Name = Own + "KEY_RETENTION",
        Description = "How long an idempotency key is remembered, to refuse a repetition that comes after its outcome is gone.",
        Default = "90d",
        Parse = SettingParsers.Duration,
    };

    public static readonly SettingDefinition<Rate> SourceRate = new()
    {
        Name = Own + "SOURCE_RATE",
        Description = "Requests per second and burst of one source address on the agents' listeners, before any check; 0: no limit.",
        Default = "100/400",
        Parse = SettingParsers.Rate,
    };

    public static readonly SettingDefinition<int> SourceConnections = new()
    {
        Name = Own + "SOURCE_CONNECTIONS",
        Description = "Connections of one source address at once, trusted proxies excepted; 0: no limit.",
        Default = "64",
        Parse = text => SettingParsers.Number(text, 0, 100_000),
    };

    public static readonly SettingDefinition<int> Connections = new()
    {
        Name = Own + "CONNECTIONS",
        Description = "Connections in all at once on the agents' listeners.",
        Default = "2000",
        Parse = text => SettingParsers.Number(text, 1, 100_000),
    };

    public static readonly SettingDefinition<int> AgentConcurrency = new()
    {
        Name = Own + "AGENT_CONCURRENCY",
        Description = "Calls of one agent running at once; 256 more wait up to two seconds, the rest is refused.",
        Default = "8",
        Parse = text => SettingParsers.Number(text, 1, 10_000),
    };

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

    public static readonly SettingDefinition<Rate> AgentRate = new()
    {
        Name = Own + "AGENT_RATE",
        Description = "Calls of one agent: a second on average, a slash, at once; 0 for no limit. Holds over all replicas.",
        Default = "10/40",
        Parse = SettingParsers.Rate,
    };

    public static readonly SettingDefinition<Rate> AgentWriteRate = new()
    {
        Name = Own + "AGENT_WRITE_RATE",
        Description = "Writes of one agent, which count as calls besides; written like AGENT_RATE.",
        Default = "2/20",
        Parse = SettingParsers.Rate,
    };

    public static readonly SettingDefinition<Rate> OwnerRate = new()
    {
        Name = Own + "OWNER_RATE",
        Description = "Calls of all agents of one owner together; written like AGENT_RATE.",
        Default = "20/80",
        Parse = SettingParsers.Rate,
    };

    public static readonly SettingDefinition<TimeSpan> EntitlementRefresh = new()
    {
        Name = Own + "ENTITLEMENT_REFRESH",
        Description = "How often the Launcher is asked about each owner, such as 30s, 5m, 24h or 7d.",
        Default = "5m",
        Parse = SettingParsers.Duration,
    };

    public static readonly SettingDefinition<TimeSpan> EntitlementMaxStaleness = new()
    {
        Name = Own + "ENTITLEMENT_MAX_STALENESS",
        Description = "With a Launcher to ask: agents are refused once its word on their owner was not confirmed for so long.",
        Default = "24h",
        Parse = SettingParsers.Duration,
    };

    public static readonly SettingDefinition<TimeSpan> AgentConnected = new()
    {
        Name = Own + "AGENT_CONNECTED",
        Description = "For how long after its last call an agent is reported as connected.",
        Default = "2m",
        Parse = SettingParsers.Duration,
    };

    public static readonly SettingDefinition<TimeSpan> SessionStale = new()
    {
        Name = Own + "SESSION_STALE",
        Description = "An open work session without a report for so long is stale: another agent may take it over.",
        Default = "30m",
        Parse = SettingParsers.Duration,
    };
}
