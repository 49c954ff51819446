using System.Net;
using System.Text.RegularExpressions;
using Serilog.Events;

namespace AgentGateway.Gateway.Configure;

/// <summary>The settings, read once, complete and valid for the command that asked for them.</summary>
internal sealed partial record Settings
{
    public required IReadOnlyList<string> Urls { get; init; }

    public required IReadOnlyList<string> InternalUrls { get; init; }

    /// <summary>How agents reach the gateway; no slash at its end.</summary>
    public required string PublicUrl { get; init; }

    public required Secret Database { get; init; }

    /// <summary>The owner role's, else <see cref="Database"/>.</summary>
    public required Secret MigrationDatabase { get; init; }

    public required IReadOnlyList<Secret> InternalTokens { get; init; }

    /// <summary>Missing: tokens are stored as plain SHA-256.</summary>
    public required Secret TokenPepper { get; init; }

    public required Secret KeySecret { get; init; }

    public required string ConfigDir { get; init; }

    public required IReadOnlyList<string> AllowedHosts { get; init; }

    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    public required IReadOnlyList<IPAddress> TrustedProxies { get; init; }

    /// <summary>Whether an owner without an entitlement projection is refused.</summary>
    public required bool RequireEntitlement { get; init; }

    public required LogEventLevel LogLevel { get; init; }

    public required Uri TaskerBaseUrl { get; init; }

    public required Secret TaskerInternalToken { get; init; }

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
        var database = Read(SettingTable.Database, Secret.Missing);
        var migration = Read(SettingTable.MigrationDatabase, Secret.Missing);
        var urls = Read(SettingTable.Urls, []);
        var settings = new Settings
        {
            Urls = urls,
            PublicUrl = Read(SettingTable.PublicUrl, null) is { } known ? Bare(known) : OnThisMachine(urls),
            InternalUrls = Read(SettingTable.InternalUrls, []),
            Database = database,
            MigrationDatabase = migration.IsMissing ? database : migration,
            InternalTokens = Read(SettingTable.InternalToken, []),
            TokenPepper = Read(SettingTable.TokenPepper, Secret.Missing),
            KeySecret = Read(SettingTable.KeySecret, Secret.Missing),
            ConfigDir = Read(SettingTable.ConfigDir, ""),
            AllowedHosts = Read(SettingTable.AllowedHosts, []),
            AllowedOrigins = Read(SettingTable.AllowedOrigins, []),
            TrustedProxies = Read(SettingTable.TrustedProxies, []),
            RequireEntitlement = Read(SettingTable.RequireEntitlement, false),
            LogLevel = Read(SettingTable.LogLevel, LogEventLevel.Information),
            TaskerBaseUrl = Read(SettingTable.TaskerBaseUrl, new Uri("about:blank")),
            TaskerInternalToken = Read(SettingTable.TaskerInternalToken, Secret.Missing),
            TaskerAssertionKey = Read(SettingTable.TaskerAssertionKey, Secret.Missing),
            TaskerAssertionKeyId = Read(SettingTable.TaskerAssertionKeyId, ""),
        };
        settings.CheckTogether(reader, Read(SettingTable.TaskerAllowHttp, false));
        reader.ReportUnknownNames();
        return reader.Problems.Count == 0 ? settings : throw new SettingsException(reader.Problems);
    }

    private static string Bare(Uri url) => url.AbsoluteUri.TrimEnd('/');

    // A listener may name any address of the machine, which is no place to go to.
    private static string OnThisMachine(IReadOnlyList<string> urls) => AnyAddress()
        .Replace(urls.Count == 0 ? "" : urls[0], "//127.0.0.1").TrimEnd('/');

    [GeneratedRegex(@"//(?:\*|\+|0\.0\.0\.0|\[::\])(?=[:/]|\z)")]
    private static partial Regex AnyAddress();

    private void CheckTogether(SettingsReader reader, bool allowHttp)
    {
        if (TaskerBaseUrl is { Scheme: "http", IsLoopback: false } && !allowHttp)
        {
            reader.Report($"{SettingTable.TaskerBaseUrl.Name} is plain http to another machine: "
                + $"use https, or set {SettingTable.TaskerAllowHttp.Name}=true when the network itself encrypts.");
        }

        // One leaked secret must not open a second door.
        var secrets = new (SettingDefinition Setting, Secret Value)[]
        {
            (SettingTable.TokenPepper, TokenPepper), (SettingTable.KeySecret, KeySecret),
            (SettingTable.TaskerInternalToken, TaskerInternalToken), (SettingTable.TaskerAssertionKey, TaskerAssertionKey),
        }.Concat(InternalTokens.Select(token => (Setting: (SettingDefinition)SettingTable.InternalToken, Value: token)));
        var shared = secrets.Where(one => !one.Value.IsMissing)
            .GroupBy(one => one.Value.Reveal(), one => one.Setting.Name)
            .Where(same => same.Count() > 1);
        foreach (var names in shared)
        {
            reader.Report($"{string.Join(" and ", names)} have the same value; each needs its own.");
        }
    }
}

/// <summary>The settings do not hold; <see cref="Problems"/> are sentences without values.</summary>
internal sealed class SettingsException(IReadOnlyList<string> problems)
    : Exception(string.Join('\n', problems))
{
    public IReadOnlyList<string> Problems => problems;
}
