using System.Diagnostics;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Long;

/// <summary>A steady thousand calls a second, nine reads for each write, for as long as asked: what the gateway then holds.</summary>
internal static class HoldMemory
{
    private const int CallsPerSecond = 1000;
    private const int ReadsPerWrite = 9;
    private const int Samples = 120;

    public static async Task<HeldMemory> MeasureAsync(
        GatewayRig rig, Provenance of, BenchOptions options, Action<string> say, CancellationToken cancel)
    {
        var duration = TimeSpan.FromSeconds(options.Part(options.MemoryMinutes * 60));
        say($"memory: {CallsPerSecond} calls/s for {duration.TotalMinutes:F1} minutes");
        var (gateway, port) = await rig.StartAsync(cancel);
        await using var owned = gateway;
        var (read, write) = (rig.Read(port, gateway.Id), rig.Write(port, gateway.Id));
        var calls = 0;
        var load = Task.WhenAll(Enumerable.Range(0, options.Connections).Select(number =>
            Task.Run(() => PaceAsync(number), cancel)));
        var samples = await SampleAsync(gateway.Id, duration, load, cancel);
        await load;
        var held = new HeldMemory(
            of, duration.TotalMinutes, calls / duration.TotalSeconds, samples[0], samples[^1],
            ProcessClock.Megabytes(gateway.Id, "VmHWM"), Slope(samples, duration), samples);
        say($"memory: {held.CallsPerSecond:F0} calls/s, {held.StartMegabytes:F0} MB, then {held.EndMegabytes:F0} MB, "
            + $"{held.SlopePerHour:F1} MB/h");
        return held;

        async Task PaceAsync(int number)
        {
            using var connection = await LoadConnection.OpenAsync(port, cancel);
            var calling = new[] { (read, read.Prepare(number), read.ProofBytes), (write, write.Prepare(number), write.ProofBytes) };
            var period = (double)options.Connections / CallsPerSecond;
            var began = Stopwatch.GetTimestamp();
            // Each call has its time: one that waited too long is followed at once by those that are due.
            for (var turn = 0; turn * period < duration.TotalSeconds; turn++)
            {
                var early = TimeSpan.FromSeconds((turn + (double)number / options.Connections) * period)
                    - Stopwatch.GetElapsedTime(began);
                if (early > TimeSpan.Zero)
                {
                    await Task.Delay(early, cancel);
                }

                var (target, call, proof) = calling[(turn + number) % (ReadsPerWrite + 1) == 0 ? 1 : 0];
                var (status, body) = await connection.ExchangeAsync(call.Next(), cancel);
                LoadRun.Check(target, status, body.Span, proof);
                Interlocked.Increment(ref calls);
            }
        }
    }

    private static async Task<List<double>> SampleAsync(int process, TimeSpan duration, Task load, CancellationToken cancel)
    {
        var samples = new List<double>();
        for (var sample = 0; sample < Samples; sample++)
        {
            // A load that has ended early has failed, and says so where it is awaited.
            await Task.WhenAny(load, Task.Delay(duration / (Samples + 1), cancel));
            samples.Add(ProcessClock.Megabytes(process, "VmRSS"));
        }

        return samples;
    }

    private static double Slope(List<double> samples, TimeSpan duration)
    {
        var half = samples[(samples.Count / 2)..];
        var hours = duration.TotalHours / (Samples + 1);
        var (middle, mean) = ((half.Count - 1) / 2.0, half.Average());
        var rising = half.Select((value, place) => (place - middle) * (value - mean)).Sum();
        return rising / half.Select((_, place) => (place - middle) * (place - middle)).Sum() / hours;
    }
}
