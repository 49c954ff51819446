using AgentGateway.Bench.Load;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Measure;

/// <summary>How many rows share one commit, as Postgres counts them under steady load.</summary>
internal static class Batching
{
    // Sessions report their counters at most once a second: both looks fall into the same steady load, past its first second,
    // so that rows and commits are late by the same.
    private static readonly TimeSpan SettleIn = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<BatchingRow>> MeasureAsync(
        Database database, IEnumerable<Target> targets, BenchOptions options, Action<string> say, CancellationToken cancel)
    {
        var rows = new List<BatchingRow>();
        foreach (var target in targets)
        {
            var window = TimeSpan.FromSeconds(Math.Max(ShortestWindow.TotalSeconds, options.Seconds));
            var load = LoadRun.RunAsync(target, options.Connections, SettleIn + window + TimeSpan.FromSeconds(0.5), cancel);
            await Task.WhenAny(load, Task.Delay(SettleIn, cancel));
            var before = await database.ReadCountersAsync(cancel);
            await Task.WhenAny(load, Task.Delay(window, cancel));
            var after = await database.ReadCountersAsync(cancel);
            var result = await load;
            var row = new BatchingRow(
                target.Name, result.RequestsPerSecond * window.TotalSeconds, after.Commits - before.Commits,
                after.WritingCommits - before.WritingCommits, after.Inserted - before.Inserted, after.Updated - before.Updated);
            rows.Add(row);
            say(
                $"{target.Name}: {row.RowsPerCommit:F1} rows inserted per commit; {row.CallsPerCommit:F1} calls per commit, "
                + $"{row.CallsPerWritingCommit:F1} per commit that wrote");
        }

        return rows;
    }
}
