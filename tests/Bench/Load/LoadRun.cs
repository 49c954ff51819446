using System.Diagnostics;
using System.Text;

namespace AgentGateway.Bench.Load;

/// <summary>Closed loop: each connection sends its next request when it has its answer. Stops at the first bad answer.</summary>
internal static class LoadRun
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    public static async Task<LoadResult> RunAsync(Target target, int connections, TimeSpan duration, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(duration + Grace);
        var open = new List<LoadConnection>();
        try
        {
            for (var number = 0; number < connections; number++)
            {
                open.Add(await LoadConnection.OpenAsync(target.Port, limit.Token));
            }

            var processor = target.ReadProcessorTime();
            var began = Stopwatch.GetTimestamp();
            var end = began + (long)(duration.TotalSeconds * Stopwatch.Frequency);
            var loops = open.Select((connection, number) =>
                Task.Run(() => LoopAsync(target, connection, target.Prepare(number), end, limit.Token), limit.Token));
            var latencies = await Task.WhenAll(loops);
            var elapsed = Stopwatch.GetElapsedTime(began);
            return LoadResult.Of(latencies, elapsed, target.ReadProcessorTime() - processor);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new LoadException($"{target.Name}: an answer did not come within {Grace.TotalSeconds} seconds.");
        }
        finally
        {
            open.ForEach(connection => connection.Dispose());
        }
    }

    private static async Task<List<long>> LoopAsync(
        Target target, LoadConnection connection, PreparedCall call, long end, CancellationToken cancel)
    {
        var latencies = new List<long>(16 * 1024);
        var proof = target.ProofBytes;
        var sent = Stopwatch.GetTimestamp();
        while (sent < end)
        {
            var (status, body) = await connection.ExchangeAsync(call.Next(), cancel);
            var answered = Stopwatch.GetTimestamp();
            Check(target, status, body.Span, proof);
            latencies.Add(answered - sent);
            sent = answered;
        }

        return latencies;
    }

    /// <summary>Throws unless the answer is a success with the expected text in it.</summary>
    public static void Check(Target target, int status, ReadOnlySpan<byte> body, byte[] proof)
    {
        var isError = body.IndexOf("\"isError\":true"u8) >= 0;
        if (status is < 200 or > 299 || isError || body.IndexOf(proof) < 0)
        {
            throw new LoadException($"{target.Name}: status {status}{(isError ? ", isError" : "")}: "
                + Encoding.UTF8.GetString(body[..Math.Min(body.Length, 600)]));
        }
    }
}
