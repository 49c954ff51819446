namespace AgentGateway.Contract;

/// <summary>What is to be checked, and as whom.</summary>
internal sealed record ContractOptions
{
    public const string TokenVariable = "TASKER_CONTRACT_TOKEN";

    public const string Usage =
        $"""
        usage: tests/Contract/run --url URL (--token-file FILE | --token TOKEN) [options]

        Checks an implementation of docs/openapi/tasker-adapter.yaml over HTTP and prints what holds.
        It makes cards of its own in both projects, writes to those alone and cannot remove them: use projects made for trying.

          --url URL               where the implementation is, without /api/internal/…
          --token-file FILE       file with the adapter's internal token
          --token TOKEN           the token itself; others on this machine can read it while this runs
                                  (without either, the environment's {TokenVariable})
          --assertion-key-file F  file with the key of the signed call assertion, when the implementation has one
          --workspace SLUG        workspace in which agents are on (default nodedc)
          --project KEY           project whose cards are written (default NDC)
          --second-project KEY    another one, which the checks must not reach from the first (default OPS)
          --owner UUID            active member of both: the owner the calls name (default: the sample data's)
          --outside PATH          one more path outside the adapter that must refuse the token; may be repeated
          --only TEXT             only checks whose name begins so
          --json                  print the result as JSON
          --help                  print this

        exit code: 0 everything holds, 1 something does not, 2 wrong usage
        """;

    public required Uri Url { get; init; }

    public required string Token { get; init; }

    public string? AssertionKey { get; init; }

    public string Workspace { get; init; } = "nodedc";

    public string Project { get; init; } = "NDC";

    public string SecondProject { get; init; } = "OPS";

    public Guid Owner { get; init; } = Guid.Parse("0a1a2a3a-0000-4000-8000-00000000a001");

    public IReadOnlyList<string> Outside { get; init; } = [];

    public string Only { get; init; } = "";

    public bool Json { get; init; }

    /// <exception cref="UsageException">What cannot be understood.</exception>
    public static ContractOptions Read(string[] args)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        var outside = new List<string>();
        var json = false;
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--json")
            {
                json = true;
                continue;
            }

            var value = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal)
                ? args[i + 1]
                : throw new UsageException($"{args[i]} needs a value, or is unknown.");
            if (args[i] == "--outside")
            {
                outside.Add(value);
            }
            else if (!given.TryAdd(args[i], value))
            {
                throw new UsageException($"{args[i]} is given twice.");
            }

            i++;
        }

        return Read(given, outside, json);
    }

    private static ContractOptions Read(Dictionary<string, string> given, List<string> outside, bool json)
    {
        var plain = new ContractOptions { Url = new Uri("http://localhost"), Token = "" };
        var options = plain with
        {
            Url = Address(Take("--url") ?? throw new UsageException("--url is required.")),
            Token = TokenOf(Take("--token"), Take("--token-file")),
            AssertionKey = Take("--assertion-key-file") is { } key ? Secret(key) : null,
            Workspace = Take("--workspace") ?? plain.Workspace,
            Project = Take("--project") ?? plain.Project,
            SecondProject = Take("--second-project") ?? plain.SecondProject,
            Owner = Take("--owner") is not { } owner ? plain.Owner
                : Guid.TryParseExact(owner, "D", out var id) ? id : throw new UsageException("--owner must be a UUID."),
            Outside = outside,
            Only = Take("--only") ?? "",
            Json = json,
        };
        return given.Keys.FirstOrDefault() is { } unknown ? throw new UsageException($"{unknown} is unknown.")
            : options.Project == options.SecondProject ? throw new UsageException("--project and --second-project must differ.")
            : outside.Exists(path => !path.StartsWith('/')) ? throw new UsageException("--outside must begin with '/'.")
            : options;

        string? Take(string name) => given.Remove(name, out var value) ? value : null;
    }

    private static string TokenOf(string? word, string? file) => (word, file) switch
    {
        (not null, not null) => throw new UsageException("--token and --token-file are both given."),
        (not null, null) => word,
        (null, not null) => Secret(file),
        _ => Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } set
            ? set
            : throw new UsageException($"--token-file, --token or {TokenVariable} is required."),
    };

    // Of two tokens, as during a rotation, the first is presented.
    private static string Secret(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim().Split(',')[0];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{file} cannot be read.");
        }
    }

    private static Uri Address(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { AbsolutePath: "/", Query: "" }
            ? url
            : throw new UsageException("--url must be http(s)://HOST[:PORT] without a path.");
}

/// <summary>The command line cannot be understood; says why in one sentence.</summary>
internal sealed class UsageException(string why) : Exception(why);
