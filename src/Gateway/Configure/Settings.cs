using System.Net;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Reconcile;
using AgentGateway.Gateway.Observe;
using AgentGateway.Gateway.Owners.Entitlements;
using AgentGateway.Gateway.Sessions;
using AgentGateway.Policy;
using Serilog.Events;

namespace AgentGateway.Gateway.Configure;

/// <summary>The settings, read once, complete and valid for the command that asked for them.</summary>
internal sealed partial record Settings
{
    public required IReadOnlyList<string> Urls { get; init; }

    public required IReadOnlyList<string> InternalUrls { get; init; }

    /// <summary>How agents reach the gateway; no slash at its end.</summary>
    public required string PublicUrl { get; init; }

    /// <summary>Where a person enters the code of a pairing.</summary>
    public required string VerificationUrl { get; init; }

    public required Secret Database { get; init; }

    /// <summary>The owner role's, else <see cref="Database"/>.</summary>
    public required Secret MigrationDatabase { get; init; }

    /// <summary>Opens the backends' routes; may be replaced while the program runs.</summary>
    public required RotatingSecret InternalToken { get; init; }

    public IReadOnlyList<Secret> InternalTokens => InternalToken.Values;

    /// <summary>The current one first, then the one before while rotating; empty: tokens are stored as plain SHA-256.</summary>
    public required IReadOnlyList<Secret> TokenPeppers { get; init; }

    public Secret TokenPepper => TokenPeppers.Count == 0 ? Secret.Missing : TokenPeppers[0];

    public required Secret KeySecret { get; init; }

    /// <summary>Key of the audit's rows: its own, else derived from <see cref="KeySecret"/>.</summary>
    public required Secret AuditKey { get; init; }

    /// <summary>Missing: the audit is not sealed.</summary>
    public required Secret CheckpointKey { get; init; }

    /// <summary>Empty: checkpoints go to the log and the database alone.</summary>
    public required string CheckpointFile { get; init; }

    public required string ConfigDir { get; init; }

    public required IReadOnlyList<string> AllowedHosts { get; init; }

    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    public required IReadOnlyList<IPAddress> TrustedProxies { get; init; }

    public required Rate SourceRate { get; init; }

    /// <summary>Of one source address; 0: no limit.</summary>
    public required int SourceConnections { get; init; }

    public required int Connections { get; init; }

    public required int AgentConcurrency { get; init; }

    /// <summary>Whether an owner without an entitlement projection is refused.</summary>
    public required bool RequireEntitlement { get; init; }

    public required RateLimits Rates { get; init; }

    /// <summary>Null: the Launcher is never asked, and what it pushed holds for ever.</summary>
    public required Uri? LauncherBaseUrl { get; init; }

    public required RotatingSecret LauncherToken { get; init; }

    public required EntitlementTerms Entitlement { get; init; }

    public required OutcomeTerms OutcomeTerms { get; init; }

    public required SessionTerms Sessions { get; init; }

    public required LogEventLevel LogLevel { get; init; }

    /// <summary>Null: neither metrics nor traces are sent.</summary>
    public required Uri? Collector { get; init; }

    public required Uri TaskerBaseUrl { get; init; }

    /// <summary>Presented to Tasker, the first one; may be replaced while the program runs.</summary>
    public required RotatingSecret TaskerToken { get; init; }

    public Secret TaskerInternalToken => TaskerToken.First;

    /// <summary>Missing: no assertion is sent.</summary>
    public required Secret TaskerAssertionKey { get; init; }

    public required string TaskerAssertionKeyId { get; init; }

    /// <summary>All that <c>gateway serve</c> needs.</summary>
    public static Settings Load() =>
        Load(SettingsReader.ProcessEnvironment(), [.. SettingTable.All.Where(setting => setting.Required)]);

    /// <summary>What one command needs; whatever else is set must be valid all the same.</summary>
    public static Settings LoadFor(params IReadOnlyCollection<SettingDefinition> needed) =>
        Load(SettingsReader.ProcessEnvironment(), needed);

    /// <exception cref="SettingsException">With every problem there is.</exception>
    public static Settings Load(IReadOnlyDictionary<string, string> environment, IReadOnlyCollection<SettingDefinition> needed)
    {
        var reader = new SettingsReader(environment);
        T Read<T>(SettingDefinition<T> setting, T missing) => reader.Read(setting, needed.Contains(setting), missing);
        RotatingSecret Rotating(SettingDefinition<IReadOnlyList<Secret>> setting) =>
            reader.ReadRotating(setting, needed.Contains(setting));
        var database = Read(SettingTable.Database, Secret.Missing);
        var migration = Read(SettingTable.MigrationDatabase, Secret.Missing);
        var urls = Read(SettingTable.Urls, []);
        var tasker = Read(SettingTable.TaskerBaseUrl, new Uri("about:blank"));
        var keySecret = Read(SettingTable.KeySecret, Secret.Missing);
        var auditKey = Read(SettingTable.AuditKey, Secret.Missing);
        var settings = new Settings
        {
            Urls = urls,
            PublicUrl = Read(SettingTable.PublicUrl, null) is { } known ? Bare(known) : OnThisMachine(urls),
            VerificationUrl = Read(SettingTable.VerificationUrl, null) is { } page ? Bare(page) : $"{Bare(tasker)}/settings/agents/pair",
            InternalUrls = Read(SettingTable.InternalUrls, []),
            Database = database,
            MigrationDatabase = migration.IsMissing ? database : migration,
            InternalToken = Rotating(SettingTable.InternalToken),
            TokenPeppers = Read(SettingTable.TokenPepper, []),
            KeySecret = keySecret,
            AuditKey = auditKey.IsMissing ? keySecret : auditKey,
            CheckpointKey = Read(SettingTable.CheckpointKey, Secret.Missing),
            CheckpointFile = Read(SettingTable.CheckpointFile, ""),
            ConfigDir = Read(SettingTable.ConfigDir, ""),
            AllowedHosts = Read(SettingTable.AllowedHosts, []),
            AllowedOrigins = Read(SettingTable.AllowedOrigins, []),
            TrustedProxies = Read(SettingTable.TrustedProxies, []),
            SourceRate = Read(SettingTable.SourceRate, Rate.Unlimited),
            SourceConnections = Read(SettingTable.SourceConnections, 0),
            Connections = Read(SettingTable.Connections, 0),
            AgentConcurrency = Read(SettingTable.AgentConcurrency, 0),
            RequireEntitlement = Read(SettingTable.RequireEntitlement, false),
            Rates = new RateLimits(
                Read(SettingTable.AgentRate, Rate.Unlimited), Read(SettingTable.AgentWriteRate, Rate.Unlimited),
                Read(SettingTable.OwnerRate, Rate.Unlimited)),
            LauncherBaseUrl = Read(SettingTable.LauncherBaseUrl, null),
            LauncherToken = Rotating(SettingTable.LauncherToken),
            Entitlement = new EntitlementTerms(
                Read(SettingTable.EntitlementRefresh, TimeSpan.Zero), Read(SettingTable.EntitlementMaxStaleness, TimeSpan.Zero)),
            OutcomeTerms = new OutcomeTerms(
                Read(SettingTable.OutcomeRetention, TimeSpan.Zero), Read(SettingTable.KeyRetention, TimeSpan.Zero)),
            Sessions = new SessionTerms(
                Read(SettingTable.AgentConnected, TimeSpan.Zero), Read(SettingTable.SessionStale, TimeSpan.Zero)),
            LogLevel = Read(SettingTable.LogLevel, LogEventLevel.Information),
            Collector = Read(Exports.Collector, null),
            TaskerBaseUrl = tasker,
            TaskerToken = Rotating(SettingTable.TaskerInternalToken),
            TaskerAssertionKey = Read(SettingTable.TaskerAssertionKey, Secret.Missing),
            TaskerAssertionKeyId = Read(SettingTable.TaskerAssertionKeyId, ""),
        };
        settings.CheckTogether(reader, Read(SettingTable.TaskerAllowHttp, false), Read(SettingTable.LauncherAllowHttp, false));
        reader.ReportUnknownNames();
        return reader.Problems.Count == 0 ? settings : throw new SettingsException(reader.Problems);
    }

    private static string Bare(Uri url) => url.AbsoluteUri.TrimEnd('/');

    // A listener may name any address of the machine, which is no place to go to.
    private static string OnThisMachine(IReadOnlyList<string> urls) => AnyAddress()
        .Replace(urls.Count == 0 ? "" : urls[0], "//127.0.0.1").TrimEnd('/');

    [GeneratedRegex(@"//(?:\*|\+|0\.0\.0\.0|\[::\])(?=[:/]|\z)")]
    private static partial Regex AnyAddress();
}

/// <summary>The settings do not hold; <see cref="Problems"/> are sentences without values.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems)
    : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems => problems;
}
