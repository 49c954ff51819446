using AgentGateway.Bench.Load;

namespace AgentGateway.Bench.Report;

/// <summary>All that was found, as it is written to the result file: the raw rows and where they come from.</summary>
internal sealed record BenchResult
{
    public required Ground Ground { get; init; }

    public required RunSettings Settings { get; init; }

    public required IReadOnlyList<LoadRow> Rows { get; init; }

    public required IReadOnlyList<BatchingRow> Batching { get; init; }

    public required MemoryRow Memory { get; init; }

    public required IReadOnlyList<double> ColdToolsListMilliseconds { get; init; }

    public IReadOnlyList<AllocationRow> Allocation { get; init; } = [];

    public ToolListingRow? ToolListing { get; init; }

    /// <summary>Why targets have no rows.</summary>
    public IReadOnlyList<string> NotMeasured { get; init; } = [];

    public LongResults Long { get; init; } = new();

    /// <summary>The median over the rounds; null when it was not measured.</summary>
    public double? Median(string target, int connections, Func<LoadRow, double> value) =>
        Median(Of(target, connections).Select(value));

    /// <summary>The median of the rounds' ratios: both targets of one round met the same machine.</summary>
    public double? Ratio(string target, string other, int connections, Func<LoadRow, double> value) => Median(
        Of(target, connections).Zip(Of(other, connections), (row, to) => value(row) / value(to)));

    /// <summary>Milliseconds at the median that one connection waits longer than at the upstream itself.</summary>
    public double? AddedMilliseconds(string target) => Median(
        Of(target, 1).Zip(Of("direct", 1), (row, direct) => (row.P50Microseconds - direct.P50Microseconds) / 1000));

    private static double? Median(IEnumerable<double> values) =>
        values.ToList() is { Count: > 0 } found ? LoadResult.Median(found) : null;

    private IEnumerable<LoadRow> Of(string target, int connections) =>
        Rows.Where(row => row.Target == target && row.Connections == connections).OrderBy(row => row.Round);
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

/// <summary>What a process allocated per call.</summary>
internal sealed record AllocationRow(string Target, int Calls, double BytesPerCall);

/// <summary>The list of tools as compact JSON.</summary>
internal sealed record ToolListingRow(int Tools, int BytesWithoutOutputSchemas, int Bytes);
