using System.Diagnostics;

namespace AgentGateway.Bench.Load;

/// <summary>What one run of one target came to.</summary>
internal sealed record LoadResult(int Requests, double Seconds, double CpuSeconds, double P50Microseconds, double P99Microseconds)
{
    public double RequestsPerSecond => Requests / Seconds;

    public double CpuMicrosecondsPerRequest => CpuSeconds * 1e6 / Requests;

    public static LoadResult Of(IEnumerable<List<long>> latencies, TimeSpan elapsed, TimeSpan cpu)
    {
        var sorted = latencies.SelectMany(list => list).Order().ToList();
        return sorted.Count == 0
            ? throw new LoadException("Not one request was answered.")
            : new LoadResult(sorted.Count, elapsed.TotalSeconds, cpu.TotalSeconds, Quantile(sorted, 0.5), Quantile(sorted, 0.99));
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        var middle = sorted.Count / 2;
        return sorted.Count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double Quantile(List<long> sorted, double share) =>
        sorted[(int)(share * (sorted.Count - 1))] * 1e6 / Stopwatch.Frequency;
}
