using AgentGateway.Bench.Load;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;
using AgentGateway.Support;

namespace AgentGateway.Bench.Measure;

/// <summary>Memory allocated per call, counted by the runtime itself in processes that serve nothing else.</summary>
internal static class Allocation
{
    public static async Task<IReadOnlyList<AllocationRow>> MeasureAsync(
        Programs programs, GatewayRig rig, PlainServers plain, BenchOptions options, CancellationToken cancel)
    {
        var rows = new List<AllocationRow>();
        var inGateway = new Hook(programs);
        var (gateway, port) = await rig.StartAsync(cancel, inGateway.Counting);
        await using (gateway)
        {
            rows.Add(await MeasureAsync(rig.Read(port, gateway.Id), inGateway, options, cancel));
            rows.Add(await MeasureAsync(rig.Write(port, gateway.Id), inGateway, options, cancel));
        }

        var inSdk = new Hook(programs);
        var sdkPort = Loopback.FreePort();
        await using var sdk = plain.StartSdk(sdkPort, inSdk.Counting);
        (await Programs.ConnectAsync(sdk, sdkPort, cancel)).Dispose();
        rows.Add(await MeasureAsync(Calls.Plain("sdk", sdkPort, sdk.Id), inSdk, options, cancel));
        return rows;
    }

    private static async Task<AllocationRow> MeasureAsync(
        Target target, Hook hook, BenchOptions options, CancellationToken cancel)
    {
        // What is made once, connections and compiled code, belongs to no call.
        await LoadRun.RunAsync(target, options.Connections, TimeSpan.FromSeconds(Math.Min(options.Seconds, 2)), cancel);
        var before = await hook.ReadAllocatedAsync(cancel);
        var result = await LoadRun.RunAsync(target, options.Connections, TimeSpan.FromSeconds(options.Seconds), cancel);
        var after = await hook.ReadAllocatedAsync(cancel);
        return new AllocationRow(target.Name, result.Requests, (double)(after - before) / result.Requests);
    }
}
