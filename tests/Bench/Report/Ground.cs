using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Report;

/// <summary>Versions, commit and machine: without them a number cannot be compared.</summary>
internal sealed record Ground
{
    public required string Date { get; init; }

    public required string Commit { get; init; }

    /// <summary>Whether tracked files differed from the commit.</summary>
    public required bool Modified { get; init; }

    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required double MemoryGigabytes { get; init; }

    public required string System { get; init; }

    public required string LoadAverage { get; init; }

    public required string Dotnet { get; init; }

    public required string Yarp { get; init; }

    public required string Npgsql { get; init; }

    public static Ground Describe() => new()
    {
        Date = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Commit = Git("rev-parse", "--short=12", "HEAD"),
        Modified = Git("status", "--porcelain", "-uno", "src", "config", "tests/Bench", ":!tests/Bench/results") != "",
        Processor = Line("/proc/cpuinfo", "model name"),
        Cores = Environment.ProcessorCount,
        MemoryGigabytes = Math.Round(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1e9, 1),
        System = $"{RuntimeInformation.OSDescription}, {RuntimeInformation.OSArchitecture}",
        LoadAverage = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3)),
        Dotnet = Environment.Version.ToString(),
        Yarp = Version(typeof(Yarp.ReverseProxy.Configuration.RouteConfig)),
        Npgsql = Version(typeof(global::Npgsql.NpgsqlConnection)),
    };

    private static string Version(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private static string Line(string file, string name) => File.ReadLines(file)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim())
        .FirstOrDefault("unknown");

    private static string Git(params string[] arguments)
    {
        var start = new ProcessStartInfo("git", ["-C", Programs.Repository, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var git = Process.Start(start) ?? throw new InvalidOperationException("git did not start.");
        var output = git.StandardOutput.ReadToEnd().Trim();
        git.WaitForExit();
        return git.ExitCode == 0 ? output : "unknown";
    }
}
