using System.Diagnostics;

namespace AgentGateway.Tidy.Reading;

/// <summary>The repository's files as git tracks them; paths are relative with forward slashes.</summary>
public static class Repository
{
    public static readonly string Root = FindRoot();

    /// <summary>Tracked files and new ones that are not ignored; deleted ones are left out.</summary>
    public static readonly IReadOnlyList<string> Files = List();

    public static IReadOnlyList<SourceFile> Sources { get; } =
        [.. Files.Where(path => path.EndsWith(".cs", StringComparison.Ordinal)).Select(path => new SourceFile(path, Read(path)))];

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static bool Exists(string path) => Path.Exists(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ProxyGateway.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("ProxyGateway.sln is in no folder above the tests.");
    }

    private static List<string> List()
    {
        var git = new ProcessStartInfo("git", ["ls-files", "--cached", "--others", "--exclude-standard", "-z"])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(git) ?? throw new InvalidOperationException("git could not be started.");
        var names = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException("git ls-files failed.");
        }

        var paths = names.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct();
        return [.. paths.Where(Exists).Order(StringComparer.Ordinal)];
    }
}
