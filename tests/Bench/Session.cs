using System.Globalization;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Measure;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench;

/// <summary>One run, from nothing to the written result; whatever it starts is gone when it returns.</summary>
internal static class Session
{
    public static async Task RunAsync(BenchOptions options, CancellationToken cancel)
    {
        Say($"{options.Rounds} round(s) of {options.Seconds} s per target, {options.Connections} connections");
        var ground = Ground.Describe();
        using var programs = new Programs();
        await using var database = await Database.StartAsync(cancel);
        var commit = await database.MeasureCommitAsync(cancel);
        Say(string.Create(CultureInfo.InvariantCulture, $"one durable commit takes {commit:F0} µs here"));

        var (upstreamPort, cleartextPort) = (Programs.FreePort(), Programs.FreePort());
        var (basePort, baseHttp2Port, gatewayPort) = (Programs.FreePort(), Programs.FreePort(), Programs.FreePort());
        await using var upstream = programs.StartOwn("upstream", "upstream", Text(upstreamPort), Text(cleartextPort));
        await using var baseProxy = programs.StartOwn("base", "base-proxy", Text(basePort), Text(upstreamPort));
        await using var baseHttp2 = programs.StartOwn("base-h2c", "base-proxy", Text(baseHttp2Port), Text(cleartextPort), "h2c");
        (await Programs.ConnectAsync(upstream, upstreamPort, cancel)).Dispose();
        (await Programs.ConnectAsync(baseProxy, basePort, cancel)).Dispose();
        (await Programs.ConnectAsync(baseHttp2, baseHttp2Port, cancel)).Dispose();

        var rig = new GatewayRig(programs, database.ConnectionString, upstreamPort);
        await rig.PrepareAsync(options.Connections, cancel);
        Say($"{rig.Agents} agents made");
        var gateway = rig.Start(gatewayPort);
        await using (gateway)
        {
            (await Programs.ConnectAsync(gateway, gatewayPort, cancel)).Dispose();
            var rounds = new Rounds(database, Say);
            Target[] targets =
            [
                Calls.Plain("direct", upstreamPort, upstream.Id), Calls.Plain("base", basePort, baseProxy.Id),
                Calls.Plain("base_h2c", baseHttp2Port, baseHttp2.Id), rig.Read(gatewayPort, gateway.Id), rig.Write(gatewayPort, gateway.Id),
            ];
            await rounds.WarmUpAsync(targets, options, cancel);
            var throughput = await rounds.MeasureAsync(targets, options.Connections, options, cancel);
            var single = await rounds.MeasureAsync(targets, 1, options, cancel);
            var batching = await Batching.MeasureAsync(database, targets[^2..], options, cancel);
            var memory = new MemoryRow(ProcessClock.Megabytes(gateway.Id, "VmRSS"), ProcessClock.Megabytes(gateway.Id, "VmHWM"));
            await gateway.DisposeAsync();
            var cold = await ColdStart.MeasureAsync(rig, options.ColdStarts, cancel);
            Say("cold tools/list: " + string.Join(", ", cold.Select(time => string.Create(CultureInfo.InvariantCulture, $"{time:F0} ms"))));
            var result = new BenchResult
            {
                Ground = ground,
                Settings = new RunSettings(
                    options.Command, options.Rounds, options.Seconds, options.Connections, rig.Agents,
                    await database.SettingAsync("server_version", cancel), commit),
                Rows = [.. throughput, .. single],
                Batching = batching,
                Memory = memory,
                ColdToolsListMilliseconds = cold,
            };
            ResultFiles.Write(result, options, Say);
        }
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);

    private static void Say(string line) => Console.WriteLine(line);
}
