using System.Collections;
using System.Globalization;
using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.SignIn;

namespace AgentGateway.Tasker;

/// <summary>What Tasker was told at start: complete and checked, or every complaint at once.</summary>
internal sealed partial record TaskerSettings
{
    private const string Prefix = "TASKER_";
    private const string FileSuffix = "_FILE";
    private const int ShortestSecret = 32;

    public static readonly (string Name, string Meaning)[] Names =
    [
        ("TASKER_URLS", "where to listen, separated by ';' (default http://127.0.0.1:5090)"),
        ("TASKER_ADAPTER_URLS", "optional: where the gateway's adapter listens, and nowhere else (default: beside the pages)"),
        ("TASKER_DATABASE", "secret: Npgsql connection string"),
        ("TASKER_INTERNAL_TOKENS", "secret: one or two tokens of the gateway, separated by ',', 32 characters or more"),
        ("TASKER_ASSERTION_KEY", "secret, optional: key of the gateway's signed call assertion (HS256), 32 characters or more"),
        ("TASKER_RAW_API_KEY", "secret: key of the tracker's own API, 32 characters or more"),
        ("TASKER_PUBLIC_URL", "how people reach the board, for links (default: the first of TASKER_URLS)"),
        ("TASKER_SESSION_STALE_MINUTES", "after how long without a report another agent may take a card over (default 30)"),
        ("TASKER_LOG_LEVEL", "Debug, Information, Warning or Error (default Information)"),
        .. AgentNames,
    ];

    private static readonly string[] Secrets =
    [
        "TASKER_DATABASE", "TASKER_INTERNAL_TOKENS", "TASKER_ASSERTION_KEY", "TASKER_RAW_API_KEY", "TASKER_GATEWAY_TOKEN",
        "TASKER_LAUNCH_KEY",
    ];

    private static readonly string[] Levels = ["Debug", "Information", "Warning", "Error"];

    public required string Urls { get; init; }

    public required string Database { get; init; }

    public required IReadOnlyList<string> InternalTokens { get; init; }

    /// <summary>Where they came from; followed while Tasker runs. Null: they hold until it ends.</summary>
    public string? InternalTokensFile { get; init; }

    public string? AssertionKey { get; init; }

    public required string RawApiKey { get; init; }

    public required Uri PublicUrl { get; init; }

    public TimeSpan SessionStaleAfter { get; init; } = TimeSpan.FromMinutes(30);

    public string LogLevel { get; init; } = "Information";

    public GatewayAccess Gateway { get; init; } = new();

    public LaunchPartners Launch { get; init; } = new();

    public static TaskerSettings? Read(IDictionary environment, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        problems = found;
        RefuseUnknown(environment, found);
        var urls = Value(environment, "TASKER_URLS", found) ?? "http://127.0.0.1:5090";
        var adapterUrls = ReadAdapterUrls(environment, urls, found);
        var database = Required(environment, "TASKER_DATABASE", found);
        var tokens = ReadTokens(Required(environment, "TASKER_INTERNAL_TOKENS", found), found);
        var assertion = Value(environment, "TASKER_ASSERTION_KEY", found);
        var raw = Required(environment, "TASKER_RAW_API_KEY", found);
        var level = Value(environment, "TASKER_LOG_LEVEL", found) ?? "Information";
        CheckSecret("TASKER_RAW_API_KEY", [raw], found);
        CheckSecret("TASKER_ASSERTION_KEY", assertion is null ? [] : [assertion], found);
        if (!Levels.Contains(level))
        {
            found.Add($"TASKER_LOG_LEVEL must be one of {string.Join(", ", Levels)}.");
        }

        var minutes = Value(environment, "TASKER_SESSION_STALE_MINUTES", found) ?? "30";
        if (!int.TryParse(minutes, NumberStyles.None, CultureInfo.InvariantCulture, out var stale) || stale is < 1 or > 1440)
        {
            found.Add("TASKER_SESSION_STALE_MINUTES must be a whole number from 1 to 1440.");
        }

        var address = Value(environment, "TASKER_PUBLIC_URL", found) ?? urls.Split(';')[0];
        if (!Uri.TryCreate(address, UriKind.Absolute, out var link) || link.Scheme is not ("http" or "https"))
        {
            found.Add("TASKER_PUBLIC_URL must be an http or https address.");
        }

        var gateway = ReadGateway(environment, found);
        var launch = ReadLaunch(environment, found);
        return found.Count > 0 ? null : new TaskerSettings
        {
            Gateway = gateway,
            Launch = launch,
            Urls = urls,
            AdapterUrls = adapterUrls,
            Database = database,
            InternalTokens = tokens,
            InternalTokensFile = environment["TASKER_INTERNAL_TOKENS" + FileSuffix] is string { Length: > 0 } file ? file : null,
            AssertionKey = assertion,
            RawApiKey = raw,
            PublicUrl = link!,
            SessionStaleAfter = TimeSpan.FromMinutes(stale),
            LogLevel = level,
        };
    }

    public static string[] ReadTokens(string text, List<string> problems)
    {
        var tokens = text.Split(',', StringSplitOptions.TrimEntries);
        CheckSecret("TASKER_INTERNAL_TOKENS", tokens, problems);
        if (tokens.Length > 2)
        {
            problems.Add("TASKER_INTERNAL_TOKENS holds more than two tokens.");
        }

        return tokens;
    }

    // A misspelt name must not silently switch a protection off.
    private static void RefuseUnknown(IDictionary environment, List<string> problems)
    {
        var known = Names.Select(setting => setting.Name).Concat(Secrets.Select(name => name + FileSuffix)).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(environment.Keys.OfType<string>()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} is not a setting of Tasker."));
    }

    private static string Required(IDictionary environment, string name, List<string> problems)
    {
        var before = problems.Count;
        var value = Value(environment, name, problems);
        if (value is null && problems.Count == before)
        {
            problems.Add($"{name} is required{(Secrets.Contains(name) ? $" ({name}{FileSuffix} may name a file instead)" : "")}.");
        }

        return value ?? "";
    }

    private static string? Value(IDictionary environment, string name, List<string> problems)
    {
        var value = environment[name] as string;
        var file = Secrets.Contains(name) ? environment[name + FileSuffix] as string : null;
        if (!string.IsNullOrEmpty(value) && !string.IsNullOrEmpty(file))
        {
            problems.Add($"{name} and {name}{FileSuffix} are both set.");
        }
        else if (!string.IsNullOrEmpty(file))
        {
            try
            {
                value = File.ReadAllText(file).TrimEnd('\r', '\n');
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                problems.Add($"{name}{FileSuffix}: {unreadable.Message}");
            }
        }

        return string.IsNullOrWhiteSpace(value) ? null : value;
    }

    private static void CheckSecret(string name, string[] values, List<string> problems)
    {
        // An empty list of tokens was already reported as missing.
        if (values.Any(value => value.Length is > 0 and < ShortestSecret || (value.Length == 0 && values.Length > 1)))
        {
            problems.Add($"{name} must have at least {ShortestSecret} characters{(values.Length > 1 ? " in each token" : "")}.");
        }
    }
}
