using System.Text;
using AgentGateway.Bench.Load;

namespace AgentGateway.Bench.Report;

/// <summary>The result as readers see it: ratios beside goals, the raw medians, and where they come from.</summary>
internal static class PerformanceTable
{
    private static readonly (string Target, string Title)[] Titles =
    [
        ("direct", "upstream itself"),
        ("base", "raw YARP, HTTP/1.1 (base)"),
        ("base_h2c", "raw YARP, HTTP/2 cleartext to the upstream"),
        ("read", "gateway, `get_card`"), ("write", "gateway, `add_comment`"),
    ];

    public static string Of(BenchResult result, string file)
    {
        var text = new StringBuilder();
        Provenance(text, result, file);
        Ratios(text, result);
        Medians(text, result);
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
        Line(text);
    }

    private static void Ratios(StringBuilder text, BenchResult result)
    {
        double Rate(string target) => result.ToBase(target, row => row.RequestsPerSecond);
        double Cpu(string target) => result.ToBase(target, row => row.CpuMicroseconds);
        string Batches(string target)
        {
            var row = result.Batching.First(row => row.Target == target);
            return $"**{row.RowsPerCommit:F1}** ({row.CallsPerCommit:F1}, {row.CallsPerWritingCommit:F1})";
        }

        var connections = result.Settings.Connections;
        Line(text, "| what | measured | goal of the ledger work |");
        Line(text, $"|---|---|---|");
        Line(text, $"| read call, requests/s relative to base, {connections} connections | **{Rate("read"):F2}** | ≥ 0.75 |");
        Line(text, $"| read call, CPU per request relative to base | **{Cpu("read"):F2}** | ≤ 1.3 |");
        Line(text, $"| write call, requests/s relative to base, {connections} connections | **{Rate("write"):F2}** | ≥ 0.45 |");
        Line(text, $"| write call, CPU per request relative to base | **{Cpu("write"):F2}** | ≤ 1.8 |");
        Line(text, $"| rows inserted per commit, read (calls per commit, calls per commit that wrote) "
            + $"| {Batches("read")} | ≥ 8 |");
        Line(text, $"| rows inserted per commit, write (calls per commit, calls per commit that wrote) "
            + $"| {Batches("write")} | ≥ 8 |");
        Line(text, $"| latency added at 1 connection, p50, read | **{result.AddedMilliseconds("read"):F2} ms** | ≤ 0.8 ms |");
        Line(text, $"| latency added at 1 connection, p50, write | **{result.AddedMilliseconds("write"):F2} ms** | ≤ 1.4 ms |");
        Line(text, $"| latency added at 1 connection, p50, raw YARP | {result.AddedMilliseconds("base"):F2} ms | – |");
        Line(text, $"| `tools/list` cold, from process start, median of {result.ColdToolsListMilliseconds.Count} starts | "
            + $"**{LoadResult.Median(result.ColdToolsListMilliseconds):F0} ms** | ≤ 1000 ms |");
        Line(text, $"| resident memory of the gateway after the run (peak) | **{result.Memory.ResidentMegabytes:F0} MB** "
            + $"({result.Memory.PeakMegabytes:F0} MB) | ≤ 200 MB |");
        Line(text);
    }

    private static void Medians(StringBuilder text, BenchResult result)
    {
        var others = result.Rows.Select(row => row.OthersShare).ToList();
        Line(text, $"Medians of {result.Settings.Rounds} rounds; "
            + $"meanwhile other programs used {LoadResult.Median(others):P0} of the machine "
            + $"({others.Max():P0} in the worst round):");
        Line(text);
        Line(text, "| target | requests/s | to base | CPU µs/request | to base | p50 ms | p99 ms "
            + "| Postgres CPU µs/request | p50 ms at 1 connection |");
        Line(text, $"|---|---|---|---|---|---|---|---|---|");
        foreach (var (target, title) in Titles)
        {
            double Value(Func<LoadRow, double> value, bool single = false) => result.Median(target, single, value);
            Line(text, $"| {title} | {Value(row => row.RequestsPerSecond):F0} "
                + $"| {result.ToBase(target, row => row.RequestsPerSecond):F2} "
                + $"| {Value(row => row.CpuMicroseconds):F0} | {result.ToBase(target, row => row.CpuMicroseconds):F2} "
                + $"| {Value(row => row.P50Microseconds) / 1000:F2} | {Value(row => row.P99Microseconds) / 1000:F2} "
                + $"| {Value(row => row.PostgresCpuMicroseconds):F0} "
                + $"| {Value(row => row.P50Microseconds, single: true) / 1000:F2} |");
        }
    }

    private static void Line(StringBuilder text, string line = "") => text.Append(line).Append('\n');
}
