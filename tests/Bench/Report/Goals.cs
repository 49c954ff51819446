using AgentGateway.Bench.Load;
using AgentGateway.Bench.Long;

namespace AgentGateway.Bench.Report;

/// <summary>Every goal there is, beside what a result says of it.</summary>
internal static class Goals
{
    public static IEnumerable<Goal> Of(BenchResult result) =>
        [.. Load(result), .. Commits(result), .. Costs(result), .. LongGoals(result)];

    private static IEnumerable<Goal> Load(BenchResult result)
    {
        var connections = result.Settings.Connections;
        double? Rate(string target, string other, int at) => result.Ratio(target, other, at, row => row.RequestsPerSecond);
        double? Cpu(string target) => result.Ratio(target, "base", connections, row => row.CpuMicroseconds);
        const int Wide = BenchOptions.WideConnections;
        return
        [
            new($"read call, requests/s relative to base, {connections} connections",
                Rate("read", "base", connections), "F2", "", true, 0.75, 0.95),
            new("read call, CPU per request relative to base", Cpu("read"), "F2", "", false, 1.3, 1.0),
            new($"write call, requests/s relative to base, {connections} connections",
                Rate("write", "base", connections), "F2", "", true, 0.45, 0.55),
            new($"write call, requests/s relative to base, {Wide} connections", Rate("write", "base", Wide), "F2", "", true, 0.7),
            new("write call, CPU per request relative to base", Cpu("write"), "F2", "", false, 1.8),
            new($"write call, group commit relative to two commits per call, {connections} connections",
                Rate("write", "rowcommit", connections), "F2", "", true, 4),
            new("write call, group commit relative to two commits per call, 1 connection",
                Rate("write", "rowcommit", 1), "F2", "", true, 1),
            new("read call, requests/s relative to a server of the official SDK", Rate("read", "sdk", connections), "F2", "", true, 4),
            new("latency added at 1 connection, p50, read", result.AddedMilliseconds("read"), "F2", " ms", false, 0.8),
            new("latency added at 1 connection, p50, write", result.AddedMilliseconds("write"), "F2", " ms", false, 1.4),
        ];
    }

    private static IEnumerable<Goal> Commits(BenchResult result) =>
        from call in (string[])["read", "write"]
        let row = result.Batching.FirstOrDefault(row => row.Target == call)
        select new Goal(
            $"rows inserted per commit, {call} (calls per commit; per commit that wrote)", row?.RowsPerCommit, "F1", "", true, 8)
        {
            Note = row is null ? "" : $" ({row.CallsPerCommit:F1}; {row.CallsPerWritingCommit:F1})",
        };

    private static IEnumerable<Goal> Costs(BenchResult result)
    {
        AllocationRow? Allocated(string target) => result.Allocation.FirstOrDefault(row => row.Target == target);
        var sdk = Allocated("sdk") is { } row ? $" (the SDK's server: {row.BytesPerCall / 1000:F1} KB)" : "";
        var (cold, listing) = (result.ColdToolsListMilliseconds, result.ToolListing);
        return
        [
            new("allocated per read call", Allocated("read")?.BytesPerCall / 1000, "F1", " KB", false, 6) { Note = sdk },
            new("allocated per write call", Allocated("write")?.BytesPerCall / 1000, "F1", " KB", false, 8),
            new($"`tools/list` cold, from process start, median of {cold.Count} starts",
                LoadResult.Median(cold), "F0", " ms", false, 1000),
            new($"`tools/list`, {listing?.Tools ?? 0} tools, without output schemas",
                listing?.BytesWithoutOutputSchemas / 1000.0, "F1", " KB", false, 32),
            new($"`tools/list`, {listing?.Tools ?? 0} tools, as it is", listing?.Bytes / 1000.0, "F1", " KB", false, 48),
            new("resident memory of the gateway after the rounds", result.Memory.ResidentMegabytes, "F0", " MB", false, 200)
            {
                Note = $" (peak {result.Memory.PeakMegabytes:F0} MB)",
            },
        ];
    }

    private static IEnumerable<Goal> LongGoals(BenchResult result)
    {
        var (memory, population, verify) = (result.Long.Memory, result.Long.Population, result.Long.Verify);
        var minutes = memory is null ? "10" : $"{memory.Minutes:F0}";
        string Kept(Provenance? of) => of is null || of.Date == result.Ground.Date ? "" : $" (of {of.Date}, {of.Commit})";
        return
        [
            new($"resident memory after {minutes} minutes at 1,000 calls/s", memory?.EndMegabytes, "F0", " MB", false, 200)
            {
                Note = memory is null ? "" : $" (peak {memory.PeakMegabytes:F0} MB; {memory.CallsPerSecond:F0}/s){Kept(memory.Of)}",
            },
            new("its slope over the second half", memory?.SlopePerHour, "F1", " MB/h", false, 1) { Note = Kept(memory?.Of) },
            .. TableGoals(result.Long.Table, Kept(result.Long.Table?.Of)),
            new("authority load on a cache miss, p50", population?.AddedP50Microseconds / 1000, "F2", " ms", false, 1)
            {
                Note = population is null ? "" : $" ({population.Agents:N0} agents, {population.Grants:N0} grants){Kept(population.Of)}",
            },
            new("resident memory once all agents called, relative to once the cache is full",
                population?.Resident[^1].Megabytes / population?.Resident[1].Megabytes, "F2", "", false, 1.25)
            {
                Note = population is null ? "" : $" ({population.Resident[1].Megabytes:F0}, {population.Resident[^1].Megabytes:F0} MB)",
            },
            new("`audit verify`, rows/s", verify?.RowsPerSecond, "F0", "", true, 100_000)
            {
                Note = verify is null ? "" : $" ({verify.Rows:N0} rows){Kept(verify.Of)}",
            },
        ];
    }

    private static IEnumerable<Goal> TableGoals(TableGrowth? table, string kept)
    {
        if (table is not { Sizes: [var smallest, _, ..] })
        {
            yield return new("calls/s on a full audit table relative to an empty one", null, "F2", "", true, 0.9);
            yield break;
        }

        foreach (var size in table.Sizes.Skip(1))
        {
            foreach (var call in (string[])["read", "write"])
            {
                var empty = Rates(table, call, smallest);
                yield return new(
                    $"{call} call, requests/s with {size.Asked:N0} audit rows relative to {smallest.Asked:N0}",
                    LoadResult.Median(Rates(table, call, size).Zip(empty, (full, other) => full / other)), "F2", "", true, 0.9)
                {
                    Note = $" ({size.Megabytes:F0} MB){kept}",
                };
            }
        }
    }

    private static IEnumerable<double> Rates(TableGrowth table, string call, TableSize size) => table.Rows
        .Where(row => row.Target == FullTable.Name(call, size.Asked)).OrderBy(row => row.Round).Select(row => row.RequestsPerSecond);
}
