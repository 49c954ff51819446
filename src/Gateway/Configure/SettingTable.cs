using System.Net;
using Serilog.Events;

namespace AgentGateway.Gateway.Configure;

/// <summary>Every setting there is. Reading, <c>--help</c> and the documentation's table come from here.</summary>
internal static class SettingTable
{
    private const string Own = "NODEDC_AGENT_GATEWAY_";
    private const string Tasker = "NODEDC_TASKER_";

    public static readonly SettingDefinition<IReadOnlyList<string>> Urls = new()
    {
        Name = Own + "URLS",
        Description = "Where agents are served: one or more listeners, comma-separated.",
        Default = "http://127.0.0.1:5080",
        Parse = SettingParsers.Listeners,
    };

    public static readonly SettingDefinition<IReadOnlyList<string>> InternalUrls = new()
    {
        Name = Own + "INTERNAL_URLS",
        Description = "Listeners of their own for health, metrics and the internal API; without them these share the agents'.",
        Default = "",
        Parse = SettingParsers.Listeners,
    };

    public static readonly SettingDefinition<Uri?> PublicUrl = new()
    {
        Name = Own + "PUBLIC_URL",
        Description = "How agents reach the gateway from where they are; else the first of URLS, on this machine.",
        Parse = SettingParsers.AbsoluteUrl,
    };

    public static readonly SettingDefinition<Secret> Database = new()
    {
        Name = Own + "DATABASE",
        Description = "Npgsql connection string of the serving role.",
        Secret = true,
        Required = true,
        Parse = SettingParsers.ConnectionString,
    };

    public static readonly SettingDefinition<Secret> MigrationDatabase = new()
    {
        Name = Own + "MIGRATION_DATABASE",
        Description = "Npgsql connection string of the role that owns the tables, used by gateway migrate alone; else DATABASE.",
        Secret = true,
        Parse = SettingParsers.ConnectionString,
    };

    public static readonly SettingDefinition<IReadOnlyList<Secret>> InternalToken = new()
    {
        Name = Own + "INTERNAL_TOKEN",
        Description = "Token of Tasker's and Launcher's backends, at least 32 characters; two, comma-separated, while rotating.",
        Secret = true,
        Required = true,
        Parse = SettingParsers.OneOrTwoSecrets,
    };

    public static readonly SettingDefinition<Secret> TokenPepper = new()
    {
        Name = Own + "TOKEN_PEPPER",
        Description = "HMAC key under which agent tokens are stored, at least 32 characters; without it SHA-256, and a warning.",
        Secret = true,
        Parse = SettingParsers.LongSecret,
    };

    public static readonly SettingDefinition<Secret> KeySecret = new()
    {
        Name = Own + "KEY_SECRET",
        Description = "HMAC key of the idempotency keys sent to Tasker, at least 32 characters; changing it forgets them.",
        Secret = true,
        Required = true,
        Parse = SettingParsers.LongSecret,
    };

    public static readonly SettingDefinition<string> ConfigDir = new()
    {
        Name = Own + "CONFIG_DIR",
        Description = "Folder of the manifest: manifest.json and contracts/.",
        Default = "./config",
        Parse = SettingParsers.Text,
    };

    public static readonly SettingDefinition<IReadOnlyList<string>> AllowedHosts = new()
    {
        Name = Own + "ALLOWED_HOSTS",
        Description = "Host names that may be asked for, comma-separated.",
        Default = "localhost,127.0.0.1,[::1]",
        Parse = SettingParsers.Words,
    };

    public static readonly SettingDefinition<IReadOnlyList<string>> AllowedOrigins = new()
    {
        Name = Own + "ALLOWED_ORIGINS",
        Description = "Browser origins that may call, comma-separated; only those of this machine by default.",
        Default = "",
        Parse = SettingParsers.Origins,
    };

    public static readonly SettingDefinition<IReadOnlyList<IPAddress>> TrustedProxies = new()
    {
        Name = Own + "TRUSTED_PROXIES",
        Description = "Addresses of proxies whose X-Forwarded-For is believed, comma-separated; none by default.",
        Default = "",
        Parse = SettingParsers.Addresses,
    };

    public static readonly SettingDefinition<bool> RequireEntitlement = new()
    {
        Name = Own + "REQUIRE_ENTITLEMENT",
        Description = "Refuses the agents of owners for whom the Launcher has sent no entitlement yet.",
        Default = "false",
        Parse = SettingParsers.Flag,
    };

    public static readonly SettingDefinition<LogEventLevel> LogLevel = new()
    {
        Name = Own + "LOG_LEVEL",
        Description = "Verbose, Debug, Information, Warning, Error or Fatal.",
        Default = "Information",
        Parse = SettingParsers.Level,
    };

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

    public static readonly SettingDefinition<Secret> TaskerInternalToken = new()
    {
        Name = Tasker + "INTERNAL_TOKEN",
        Description = "Token with which the gateway calls Tasker's adapter; at least 16 characters.",
        Secret = true,
        Required = true,
        Parse = SettingParsers.AnySecret,
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

    public static IReadOnlyList<SettingDefinition> All { get; } =
    [
        Urls, InternalUrls, PublicUrl, Database, MigrationDatabase, InternalToken, TokenPepper, KeySecret, ConfigDir,
        AllowedHosts, AllowedOrigins, TrustedProxies, RequireEntitlement, LogLevel, TaskerBaseUrl, TaskerAllowHttp, TaskerInternalToken,
        TaskerAssertionKey, TaskerAssertionKeyId,
    ];

    /// <summary>Names under these prefixes are ours: an unknown one is a misspelling and refused.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = [Own, Tasker];
}
