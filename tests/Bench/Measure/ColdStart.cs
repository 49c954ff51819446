using System.Diagnostics;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Rig;
using AgentGateway.Support;

namespace AgentGateway.Bench.Measure;

/// <summary>From the start of the gateway's process to its first list of tools, as a waiting client meets it.</summary>
internal static class ColdStart
{
    public static async Task<IReadOnlyList<double>> MeasureAsync(GatewayRig rig, int starts, CancellationToken cancel)
    {
        var times = new List<double>();
        for (var start = 0; start < starts; start++)
        {
            var port = Loopback.FreePort();
            var call = rig.ListTools(port);
            var began = Stopwatch.GetTimestamp();
            await using var gateway = rig.Start(port);
            using var connection = await Programs.ConnectAsync(gateway, port, cancel);
            var (status, body) = await connection.ExchangeAsync(call.Next(), cancel);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            if (status != 200 || body.Span.IndexOf("\"get_card\""u8) < 0)
            {
                throw new LoadException($"tools/list: status {status}: {System.Text.Encoding.UTF8.GetString(body.Span)}");
            }
        }

        return times;
    }
}
