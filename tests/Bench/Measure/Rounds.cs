using AgentGateway.Bench.Load;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Measure;

/// <summary>Runs the targets in turns, again and again, so that a slow minute of the machine meets all of them.</summary>
internal sealed class Rounds(Database database, Action<string> say)
{
    public async Task WarmUpAsync(IReadOnlyList<Target> targets, BenchOptions options, CancellationToken cancel)
    {
        foreach (var target in targets)
        {
            say($"warm-up      {target.Name}");
            await LoadRun.RunAsync(target, options.Connections, TimeSpan.FromSeconds(options.Seconds), cancel);
        }
    }

    /// <returns>Why the target cannot be measured; null when it can.</returns>
    public async Task<string?> TryWarmUpAsync(Target target, BenchOptions options, CancellationToken cancel)
    {
        try
        {
            await WarmUpAsync([target], options, cancel);
            return null;
        }
        catch (LoadException refused)
        {
            say(refused.Message);
            return $"{target.Name}, which was refused under load";
        }
    }

    public async Task<IReadOnlyList<LoadRow>> MeasureAsync(
        IReadOnlyList<Target> targets, int connections, BenchOptions options, CancellationToken cancel)
    {
        var rows = new List<LoadRow>();
        // One connection gives a steady median in less time.
        var seconds = connections == 1 ? Math.Max(1, options.Seconds / 2.0) : options.Seconds;
        for (var round = 1; round <= options.Rounds; round++)
        {
            foreach (var target in targets)
            {
                var postgres = database.ReadProcessorTime();
                var others = OthersTime(targets);
                var result = await LoadRun.RunAsync(target, connections, TimeSpan.FromSeconds(seconds), cancel);
                var row = new LoadRow(
                    round, target.Name, connections, result.Requests, result.Seconds, result.RequestsPerSecond,
                    result.CpuMicrosecondsPerRequest, result.P50Microseconds, result.P99Microseconds,
                    (database.ReadProcessorTime() - postgres).TotalMicroseconds / result.Requests,
                    Math.Max(0, (OthersTime(targets) - others).TotalSeconds / (result.Seconds * Environment.ProcessorCount)));
                rows.Add(row);
                say(
                    $"round {round,2} x{connections,-3} {target.Name,-15}{row.RequestsPerSecond,9:F0}/s "
                    + $"{row.CpuMicroseconds,7:F1} µs CPU  p50 {row.P50Microseconds,7:F0} µs  p99 {row.P99Microseconds,7:F0} µs"
                    + $"  others {row.OthersShare,4:P0}");
            }
        }

        return rows;
    }

    // What has nothing to do with this run: the measure of how far its numbers can be trusted.
    private TimeSpan OthersTime(IReadOnlyList<Target> targets)
    {
        var ours = targets.DistinctBy(target => target.ProcessId)
            .Aggregate(database.ReadProcessorTime(), (sum, target) => sum + target.ReadProcessorTime())
            + ProcessClock.Read(Environment.ProcessId);
        return ProcessClock.ReadMachine() - ours;
    }
}
