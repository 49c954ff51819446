using System.Collections;
using System.Net;
using AgentGateway.Canon.SignIn;
using AgentGateway.Launcher.Configure;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Launcher;

/// <summary>What the Launcher was told at start: complete and checked, or every complaint at once.</summary>
internal sealed record LauncherSettings
{
    private const string Prefix = "LAUNCHER_";

    public static readonly (string Name, string Meaning)[] Names =
    [
        ("LAUNCHER_URLS", "where to listen, separated by ';' (default http://127.0.0.1:5080)"),
        ("LAUNCHER_PUBLIC_URL", "where people reach the pages (default: the first of LAUNCHER_URLS)"),
        ("LAUNCHER_DATABASE", "secret: Npgsql connection string"),
        ("LAUNCHER_API_TOKEN", "secret: one or two tokens of the administrators' backend, separated by ',', 32 characters or more"),
        ("LAUNCHER_INTERNAL_TOKEN", "secret: one or two tokens for the access check, separated by ',', 32 characters or more"),
        ("LAUNCHER_GATEWAY_URL", "base address of the gateway's internal API"),
        ("LAUNCHER_GATEWAY_TOKEN", "secret: the token the gateway knows the Launcher by, 32 characters or more; of two the first"),
        ("LAUNCHER_LAUNCH_KEY", "secret: private key (EC P-256, PEM) that signs people into Tasker and the console"),
        ("LAUNCHER_TASKER_URL", "where people reach Tasker; with the launch key, the button \"Open Tasker\""),
        ("LAUNCHER_CONSOLE_URL", "where people reach the console; with the launch key, the button \"Open console\""),
        ("LAUNCHER_DEMO_SIGN_IN", "true: whoever reaches the pages may be anyone; only with loopback listeners (default false)"),
        ("LAUNCHER_LOG_LEVEL", "Debug, Information, Warning or Error (default Information)"),
    ];

    private static readonly string[] Secrets =
        ["LAUNCHER_DATABASE", "LAUNCHER_API_TOKEN", "LAUNCHER_INTERNAL_TOKEN", "LAUNCHER_GATEWAY_TOKEN", "LAUNCHER_LAUNCH_KEY"];

    private static readonly string[] Levels = ["Debug", "Information", "Warning", "Error"];

    public required string Urls { get; init; }

    public Uri? PublicUrl { get; init; }

    public required string Database { get; init; }

    public required IReadOnlyList<string> ApiTokens { get; init; }

    public required IReadOnlyList<string> InternalTokens { get; init; }

    public required Uri GatewayUrl { get; init; }

    public required string GatewayToken { get; init; }

    public ECDsaSecurityKey? LaunchKey { get; init; }

    public Uri? TaskerUrl { get; init; }

    public Uri? ConsoleUrl { get; init; }

    public bool DemoSignIn { get; init; }

    public string LogLevel { get; init; } = "Information";

    /// <summary>The files that tokens come from and follow.</summary>
    public IReadOnlyDictionary<string, string> Files { get; init; } = new Dictionary<string, string>();

    /// <summary>Where people reach the pages; a listener on every address is reached at this machine's own.</summary>
    public Uri PublicAddress => PublicUrl ?? new Uri(Urls.Split(';')[0]
        .Replace("//*", "//localhost", StringComparison.Ordinal)
        .Replace("//+", "//localhost", StringComparison.Ordinal)
        .Replace("//0.0.0.0", "//localhost", StringComparison.Ordinal)
        .Replace("//[::]", "//localhost", StringComparison.Ordinal));

    public static LauncherSettings? Read(IDictionary environment, out IReadOnlyList<string> problems)
    {
        var reader = new EnvironmentReader(environment, Secrets);
        problems = reader.Problems;
        reader.RefuseUnknown(Prefix, Names.Select(setting => setting.Name));
        var settings = new LauncherSettings
        {
            Urls = reader.Value("LAUNCHER_URLS") ?? "http://127.0.0.1:5080",
            PublicUrl = reader.Address("LAUNCHER_PUBLIC_URL", required: false),
            Database = reader.Required("LAUNCHER_DATABASE"),
            ApiTokens = reader.Tokens("LAUNCHER_API_TOKEN"),
            InternalTokens = reader.Tokens("LAUNCHER_INTERNAL_TOKEN"),
            // A complaint is never the end of the reading; without an address there are no settings.
            GatewayUrl = reader.Address("LAUNCHER_GATEWAY_URL", required: true) ?? new Uri("about:blank"),
            GatewayToken = string.Join(',', reader.Tokens("LAUNCHER_GATEWAY_TOKEN")),
            LaunchKey = reader.Value("LAUNCHER_LAUNCH_KEY") is { } pem ? LaunchKeys.ReadPrivate("LAUNCHER_LAUNCH_KEY", pem, reader.Problems) : null,
            TaskerUrl = reader.Address("LAUNCHER_TASKER_URL", required: false),
            ConsoleUrl = reader.Address("LAUNCHER_CONSOLE_URL", required: false),
            DemoSignIn = reader.Flag("LAUNCHER_DEMO_SIGN_IN"),
            LogLevel = reader.Value("LAUNCHER_LOG_LEVEL") ?? "Information",
            Files = Secrets.Where(name => reader.File(name) is not null).ToDictionary(name => name, name => reader.File(name)!),
        };
        reader.Problems.AddRange(settings.Contradictions());
        return reader.Problems.Count > 0 ? null : settings;
    }

    private IEnumerable<string> Contradictions()
    {
        if (ApiTokens.Intersect(InternalTokens).Any(shared => shared.Length > 0))
        {
            yield return "LAUNCHER_INTERNAL_TOKEN must differ from LAUNCHER_API_TOKEN.";
        }

        if (!Levels.Contains(LogLevel))
        {
            yield return $"LAUNCHER_LOG_LEVEL must be one of {string.Join(", ", Levels)}.";
        }

        if (LaunchKey is null && (TaskerUrl ?? ConsoleUrl) is not null)
        {
            yield return "LAUNCHER_LAUNCH_KEY is required with LAUNCHER_TASKER_URL or LAUNCHER_CONSOLE_URL.";
        }

        // Behind another address than its own everyone on the network could be anyone.
        if (DemoSignIn && !Urls.Split(';').All(IsLoopback))
        {
            yield return "LAUNCHER_DEMO_SIGN_IN needs every address of LAUNCHER_URLS to be a loopback one.";
        }
    }

    // Read as the server reads it: any name but this one binds every address of the machine.
    private static bool IsLoopback(string url)
    {
        try
        {
            var name = BindingAddress.Parse(url).Host;
            return name == "localhost" || (IPAddress.TryParse(name.Trim('[', ']'), out var host) && IPAddress.IsLoopback(host));
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
