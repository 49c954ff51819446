using AgentGateway.Policy;

namespace AgentGateway.Gateway.Configure;

/// <summary>The addresses that people and agents are sent to, and how much of them one may take.</summary>
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
}
