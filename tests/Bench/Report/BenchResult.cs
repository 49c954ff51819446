using AgentGateway.Bench.Load;

namespace AgentGateway.Bench.Report;

/// <summary>All that one run found, as it is written to the result file: the raw rows and where they come from.</summary>
internal sealed record BenchResult
{
    public required Ground Ground { get; init; }

    public required RunSettings Settings { get; init; }

    public required IReadOnlyList<LoadRow> Rows { get; init; }

    public required IReadOnlyList<BatchingRow> Batching { get; init; }

    public required MemoryRow Memory { get; init; }

    public required IReadOnlyList<double> ColdToolsListMilliseconds { get; init; }

    /// <summary>The median over the rounds.</summary>
    public double Median(string target, bool single, Func<LoadRow, double> value) =>
        LoadResult.Median(Of(target, single).Select(value));

    /// <summary>The median of the rounds' ratios: target and base of one round met the same machine.</summary>
    public double ToBase(string target, Func<LoadRow, double> value) => LoadResult.Median(
        Of(target, single: false).Zip(Of("base", single: false), (row, other) => value(row) / value(other)));

    /// <summary>Milliseconds at the median that one connection waits longer than at the upstream itself.</summary>
    public double AddedMilliseconds(string target) => LoadResult.Median(Of(target, single: true).Zip(
        Of("direct", single: true), (row, other) => (row.P50Microseconds - other.P50Microseconds) / 1000));

    private IEnumerable<LoadRow> Of(string target, bool single) =>
        Rows.Where(row => row.Target == target && row.Connections == 1 == single).OrderBy(row => row.Round);
}

/// <summary>How the run was asked for and what it stood on.</summary>
internal sealed record RunSettings(
    string Command, int Rounds, int Seconds, int Connections, int Agents, string Postgres, double DurableCommitMicroseconds);

/// <summary>One target in one round; the others' share is the part of the machine that programs outside this run used.</summary>
internal sealed record LoadRow(
    int Round, string Target, int Connections, int Requests, double Seconds, double RequestsPerSecond, double CpuMicroseconds,
    double P50Microseconds, double P99Microseconds, double PostgresCpuMicroseconds, double OthersShare);

/// <summary>What pg_stat_database counted under load; commits that wrote are transaction ids given out.</summary>
internal sealed record BatchingRow(string Target, double Calls, long Commits, long WritingCommits, long Inserted, long Updated)
{
    public double RowsPerCommit => (double)Inserted / Commits;

    public double CallsPerCommit => Calls / Commits;

    public double CallsPerWritingCommit => Calls / WritingCommits;
}

/// <summary>Resident memory of the gateway after the load.</summary>
internal sealed record MemoryRow(double ResidentMegabytes, double PeakMegabytes);
