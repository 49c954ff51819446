using System.Net;
using AgentGateway.Gateway.Observe;
using Serilog.Events;

namespace AgentGateway.Gateway.Configure;

/// <summary>Every setting there is. Reading, <c>--help</c> and the documentation's table come from here.</summary>
internal static partial class SettingTable
{
    private const string Own = "NODEDC_AGENT_GATEWAY_";

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
        Description = "Token of Tasker's and Launcher's backends, at least 32 characters; two, comma-separated, while rotating. "
            + "From a file, a new content counts within five seconds.",
        Secret = true,
        Required = true,
        Parse = SettingParsers.OneOrTwoSecrets,
    };

    public static readonly SettingDefinition<IReadOnlyList<Secret>> TokenPepper = new()
    {
        Name = Own + "TOKEN_PEPPER",
        Description = "HMAC key under which agent tokens are stored, at least 32 characters; without it SHA-256, and a warning. "
            + "Two, comma-separated, while rotating: the first is for new tokens.",
        Secret = true,
        Parse = SettingParsers.OneOrTwoSecrets,
    };

    public static readonly SettingDefinition<Secret> KeySecret = new()
    {
        Name = Own + "KEY_SECRET",
        Description = "HMAC key of the idempotency keys sent to Tasker, at least 32 characters; changing it forgets them.",
        Secret = true,
        Required = true,
        Parse = SettingParsers.LongSecret,
    };

    public static readonly SettingDefinition<Secret> AuditKey = new()
    {
        Name = Own + "AUDIT_KEY",
        Description = "HMAC key of the audit's rows, at least 32 characters; without it a key derived from KEY_SECRET.",
        Secret = true,
        Parse = SettingParsers.LongSecret,
    };

    public static readonly SettingDefinition<Secret> CheckpointKey = new()
    {
        Name = Own + "CHECKPOINT_KEY",
        Description = "PEM of the ECDSA P-256 key that signs the audit's checkpoints; without it nothing is sealed, and a warning.",
        Secret = true,
        Parse = SettingParsers.SigningKey,
    };

    public static readonly SettingDefinition<string> CheckpointFile = new()
    {
        Name = Own + "CHECKPOINT_FILE",
        Description = "File to which each checkpoint is appended as a line; keep copies where the database's owner cannot write.",
        Default = "",
        Parse = SettingParsers.Text,
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
        Description = "Refuses the agents of owners of whom the Launcher has said nothing yet; always so with a Launcher to ask.",
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

    // Not before the other half of this class has its values.
    private static readonly Lazy<IReadOnlyList<SettingDefinition>> Listed = new(() =>
    [
        Urls,
        InternalUrls,
        PublicUrl,
        VerificationUrl,
        Database,
        MigrationDatabase,
        InternalToken,
        TokenPepper,
        KeySecret,
        AuditKey,
        CheckpointKey,
        CheckpointFile,
        ConfigDir,
        AllowedHosts,
        AllowedOrigins,
        TrustedProxies,
        SourceRate,
        SourceConnections,
        Connections,
        AgentConcurrency,
        RequireEntitlement,
        EntitlementRefresh,
        EntitlementMaxStaleness,
        AgentRate,
        AgentWriteRate,
        OwnerRate,
        AgentConnected,
        SessionStale,
        OutcomeRetention,
        KeyRetention,
        LogLevel,
        Exports.Collector,
        TaskerBaseUrl,
        TaskerAllowHttp,
        TaskerInternalToken,
        TaskerAssertionKey,
        TaskerAssertionKeyId,
        LauncherBaseUrl,
        LauncherAllowHttp,
        LauncherToken,
    ]);

    public static IReadOnlyList<SettingDefinition> All => Listed.Value;

    /// <summary>Names under these prefixes are ours: an unknown one is a misspelling and refused.</summary>
    public static IReadOnlyList<string> Prefixes { get; } = [Own, Tasker, Launcher];
}
