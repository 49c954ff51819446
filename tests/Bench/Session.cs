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
        Say($"one durable commit takes {commit:F0} µs here");
        await using var plain = await PlainServers.StartAsync(programs, cancel);

        var rig = new GatewayRig(programs, database.ConnectionString, plain.UpstreamPort);
        await rig.PrepareAsync(options.Connections, cancel);
        Say($"{rig.Agents} agents made");
        var (rows, batching, memory) = await LoadAsync(rig, plain, database, options, cancel);
        var cold = await ColdStart.MeasureAsync(rig, options.ColdStarts, cancel);
        Say("cold tools/list: " + string.Join(", ", cold.Select(time => $"{time:F0} ms")));
        var result = new BenchResult
        {
            Ground = ground,
            Settings = new RunSettings(
                options.Command, options.Rounds, options.Seconds, options.Connections, rig.Agents,
                await database.SettingAsync("server_version", cancel), commit),
            Rows = rows,
            Batching = batching,
            Memory = memory,
            ColdToolsListMilliseconds = cold,
        };
        ResultFiles.Write(result, options, Say);
    }

    private static async Task<(IReadOnlyList<LoadRow>, IReadOnlyList<BatchingRow>, MemoryRow)> LoadAsync(
        GatewayRig rig, PlainServers plain, Database database, BenchOptions options, CancellationToken cancel)
    {
        var port = Programs.FreePort();
        await using var gateway = rig.Start(port);
        (await Programs.ConnectAsync(gateway, port, cancel)).Dispose();
        Target[] ours = [rig.Read(port, gateway.Id), rig.Write(port, gateway.Id)];
        Target[] all = [.. plain.Targets, .. ours];
        var rounds = new Rounds(database, Say);
        try
        {
            await rounds.WarmUpAsync(all, options, cancel);
            var throughput = await rounds.MeasureAsync(all, options.Connections, options, cancel);
            var single = await rounds.MeasureAsync(all, 1, options, cancel);
            var batching = await Batching.MeasureAsync(database, ours, options, Say, cancel);
            var memory = new MemoryRow(ProcessClock.Megabytes(gateway.Id, "VmRSS"), ProcessClock.Megabytes(gateway.Id, "VmHWM"));
            return ([.. throughput, .. single], batching, memory);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new LoadException($"{failure.Message}\nThe gateway's last words:\n{gateway.Log}");
        }
    }

    private static void Say(string line) => Console.WriteLine(line);
}
