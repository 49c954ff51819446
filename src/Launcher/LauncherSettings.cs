using System.Collections;

namespace AgentGateway.Launcher;

/// <summary>What the Launcher was told at start: complete and checked, or every complaint at once.</summary>
internal sealed record LauncherSettings
{
    private const string Prefix = "LAUNCHER_";
    private const string FileSuffix = "_FILE";
    private const int ShortestSecret = 32;

    public static readonly (string Name, string Meaning)[] Names =
    [
        ("LAUNCHER_URLS", "where to listen, separated by ';' (default http://127.0.0.1:5080)"),
        ("LAUNCHER_DATABASE", "secret: Npgsql connection string"),
        ("LAUNCHER_API_TOKEN", "secret: one or two tokens of the administrators' backend, separated by ',', 32 characters or more"),
        ("LAUNCHER_INTERNAL_TOKEN", "secret: one or two tokens for the access check, separated by ',', 32 characters or more"),
        ("LAUNCHER_GATEWAY_URL", "base address of the gateway's internal API"),
        ("LAUNCHER_GATEWAY_TOKEN", "secret: the token the gateway knows the Launcher by, 32 characters or more"),
        ("LAUNCHER_LOG_LEVEL", "Debug, Information, Warning or Error (default Information)"),
    ];

    private static readonly string[] Secrets =
        ["LAUNCHER_DATABASE", "LAUNCHER_API_TOKEN", "LAUNCHER_INTERNAL_TOKEN", "LAUNCHER_GATEWAY_TOKEN"];

    private static readonly string[] Levels = ["Debug", "Information", "Warning", "Error"];

    public required string Urls { get; init; }

    public required string Database { get; init; }

    public required IReadOnlyList<string> ApiTokens { get; init; }

    public required IReadOnlyList<string> InternalTokens { get; init; }

    public required Uri GatewayUrl { get; init; }

    public required string GatewayToken { get; init; }

    public string LogLevel { get; init; } = "Information";

    public static LauncherSettings? Read(IDictionary environment, out IReadOnlyList<string> problems)
    {
        var found = new List<string>();
        problems = found;
        RefuseUnknown(environment, found);
        var urls = Value(environment, "LAUNCHER_URLS", found) ?? "http://127.0.0.1:5080";
        var database = Required(environment, "LAUNCHER_DATABASE", found);
        var api = Tokens(environment, "LAUNCHER_API_TOKEN", found);
        var inside = Tokens(environment, "LAUNCHER_INTERNAL_TOKEN", found);
        var gateway = Required(environment, "LAUNCHER_GATEWAY_URL", found);
        var token = Required(environment, "LAUNCHER_GATEWAY_TOKEN", found);
        var level = Value(environment, "LAUNCHER_LOG_LEVEL", found) ?? "Information";
        CheckSecret("LAUNCHER_GATEWAY_TOKEN", [token], found);
        if (api.Intersect(inside).Any(shared => shared.Length > 0))
        {
            found.Add("LAUNCHER_INTERNAL_TOKEN must differ from LAUNCHER_API_TOKEN.");
        }

        if (token.Any(letter => letter is <= ' ' or > '~'))
        {
            found.Add("LAUNCHER_GATEWAY_TOKEN must be visible ASCII characters without spaces.");
        }

        if (!Levels.Contains(level))
        {
            found.Add($"LAUNCHER_LOG_LEVEL must be one of {string.Join(", ", Levels)}.");
        }

        if ((!Uri.TryCreate(gateway, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.UserInfo.Length > 0 || address.Query.Length > 0 || address.Fragment.Length > 0) && gateway.Length > 0)
        {
            found.Add("LAUNCHER_GATEWAY_URL must be an http or https address without user, query and fragment.");
        }

        return found.Count > 0 ? null : new LauncherSettings
        {
            Urls = urls,
            Database = database,
            ApiTokens = api,
            InternalTokens = inside,
            GatewayUrl = address!,
            GatewayToken = token,
            LogLevel = level,
        };
    }

    // A misspelt name must not silently switch a protection off.
    private static void RefuseUnknown(IDictionary environment, List<string> problems)
    {
        var known = Names.Select(setting => setting.Name).Concat(Secrets.Select(name => name + FileSuffix)).ToHashSet(StringComparer.Ordinal);
        problems.AddRange(environment.Keys.OfType<string>()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && !known.Contains(name))
            .Order(StringComparer.Ordinal)
            .Select(name => $"{name} is not a setting of the Launcher."));
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

    private static string[] Tokens(IDictionary environment, string name, List<string> problems)
    {
        var tokens = Required(environment, name, problems).Split(',', StringSplitOptions.TrimEntries);
        CheckSecret(name, tokens, problems);
        if (tokens.Length > 2)
        {
            problems.Add($"{name} holds more than two tokens.");
        }

        return tokens;
    }

    private static void CheckSecret(string name, string[] values, List<string> problems)
    {
        // A missing value was already reported as missing.
        if (values.Any(value => value.Length is > 0 and < ShortestSecret || (value.Length == 0 && values.Length > 1)))
        {
            problems.Add($"{name} must have at least {ShortestSecret} characters{(values.Length > 1 ? " in each token" : "")}.");
        }
    }
}
