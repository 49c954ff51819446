using System.Globalization;
using System.Text;
using AgentGateway.Bench.Load;

namespace AgentGateway.Bench.Report;

/// <summary>The result as readers see it: what was reached beside what was wanted, the raw medians, and where they come from.</summary>
internal static class PerformanceTable
{
    private static readonly (string Target, string Title)[] Titles =
    [
        ("direct", "upstream itself"),
        ("base", "raw YARP, HTTP/1.1 (base)"),
        ("base_h2c", "raw YARP, HTTP/2 cleartext to the upstream"),
        ("nginx", "nginx, HTTP/1.1"),
        ("sdk", "server of the official SDK, `get_card`"),
        ("read", "gateway, `get_card`"), ("write", "gateway, `add_comment`"),
        ("read_h2c", "gateway, HTTP/2 cleartext to the upstream, `get_card`"),
        ("write_h2c", "gateway, HTTP/2 cleartext to the upstream, `add_comment`"),
        ("rowcommit", "gateway with one transaction per step, `add_comment`"),
    ];

    public static string Of(BenchResult result, string file)
    {
        var text = new StringBuilder();
        Provenance(text, result, file);
        Line(text, "| what | measured | goal | |");
        Line(text, "|---|---|---|---|");
        foreach (var goal in Goals.Of(result))
        {
            Line(text, goal.Line());
        }

        Line(text);
        Medians(text, result);
        if (result.Rows.Any(row => row.Connections == BenchOptions.WideConnections)
            && result.Settings.Connections != BenchOptions.WideConnections)
        {
            Line(text);
            Wide(text, result);
        }

        return text.ToString();
    }

    private static void Provenance(StringBuilder text, BenchResult result, string file)
    {
        var (ground, settings) = (result.Ground, result.Settings);
        Line(text, $"`{settings.Command}`");
        Line(text);
        Line(text, $"{ground.Date}, commit {ground.Commit}{(ground.Modified ? " with changes" : "")}; "
            + $"{ground.Processor}, {ground.Cores} cores, {ground.MemoryGigabytes} GB, {ground.System}; "
            + $"load average before the run {ground.LoadAverage}; .NET {ground.Dotnet}, YARP {ground.Yarp}, "
            + $"Npgsql {ground.Npgsql}, Postgres {settings.Postgres}, fsync and synchronous_commit on "
            + $"(one durable commit {settings.DurableCommitMicroseconds:F0} µs); {settings.Agents} agents. Raw rows: `{file}`.");
        foreach (var reason in result.NotMeasured)
        {
            Line(text);
            Line(text, $"Not measured: {reason}.");
        }

        Line(text);
    }

    private static void Medians(StringBuilder text, BenchResult result)
    {
        var (connections, others) = (result.Settings.Connections, result.Rows.Select(row => row.OthersShare).ToList());
        Line(text, $"Medians of {result.Settings.Rounds} rounds at {connections} connections; "
            + $"meanwhile other programs used {LoadResult.Median(others):P0} of the machine "
            + $"({others.Max():P0} in the worst round):");
        Line(text);
        Line(text, "| target | requests/s | to base | CPU µs/request | to base | p50 ms | p99 ms "
            + "| Postgres CPU µs/request | p50 ms at 1 connection |");
        Line(text, "|---|---|---|---|---|---|---|---|---|");
        foreach (var (target, title) in Titles)
        {
            Line(text, $"| {title} | {Columns(result, target, connections)} "
                + $"| {Number(result.Median(target, 1, row => row.P50Microseconds) / 1000, "F2")} |");
        }
    }

    private static void Wide(StringBuilder text, BenchResult result)
    {
        Line(text, $"The same at {BenchOptions.WideConnections} connections:");
        Line(text);
        Line(text, "| target | requests/s | to base | CPU µs/request | to base | p50 ms | p99 ms | Postgres CPU µs/request |");
        Line(text, "|---|---|---|---|---|---|---|---|");
        foreach (var (target, title) in Titles.Where(entry => entry.Target is "base" or "read" or "write"))
        {
            Line(text, $"| {title} | {Columns(result, target, BenchOptions.WideConnections)} |");
        }
    }

    private static string Columns(BenchResult result, string target, int connections)
    {
        string Value(Func<LoadRow, double> value, string format) => Number(result.Median(target, connections, value), format);
        string ToBase(Func<LoadRow, double> value) => Number(result.Ratio(target, "base", connections, value), "F2");
        return string.Join(
            " | ",
            Value(row => row.RequestsPerSecond, "F0"), ToBase(row => row.RequestsPerSecond),
            Value(row => row.CpuMicroseconds, "F0"), ToBase(row => row.CpuMicroseconds),
            Value(row => row.P50Microseconds / 1000, "F2"), Value(row => row.P99Microseconds / 1000, "F2"),
            Value(row => row.PostgresCpuMicroseconds, "F0"));
    }

    private static string Number(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "not measured";

    private static void Line(StringBuilder text, string line = "") => text.Append(line).Append('\n');
}
