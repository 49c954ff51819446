namespace AgentGateway.Support;

/// <summary>The newest Postgres server programs of this machine, 15 or later.</summary>
public static class PostgresBinaries
{
    private const int OldestVersion = 15;

    private static readonly string[] Places =
    [
        "/usr/lib/postgresql/{0}/bin", "/usr/pgsql-{0}/bin",
        "/opt/homebrew/opt/postgresql@{0}/bin", "/usr/local/opt/postgresql@{0}/bin",
        "/Applications/Postgres.app/Contents/Versions/{0}/bin",
    ];

    public static string Directory { get; } = Find();

    private static string Find()
    {
        var versioned = Enumerable.Range(OldestVersion, 15).Reverse()
            .SelectMany(version => Places.Select(place => string.Format(null, place, version)));
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var onPath = path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        return versioned.Concat(onPath).FirstOrDefault(HasServer)
            ?? throw new InvalidOperationException(
                "Tests need Postgres 15 or later: apt-get install postgresql, or brew install postgresql@16.");
    }

    private static bool HasServer(string directory) =>
        File.Exists(Path.Combine(directory, "initdb")) && File.Exists(Path.Combine(directory, "postgres"));
}
