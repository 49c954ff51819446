using AgentGateway.Bench.Load;
using AgentGateway.Bench.Long;
using AgentGateway.Bench.Measure;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench;

/// <summary>One run, from nothing to the written result; whatever it starts is gone when it returns.</summary>
internal sealed class Session(BenchOptions options, Programs programs, Database database, PlainServers plain, Ground ground)
{
    public static async Task RunAsync(BenchOptions options, CancellationToken cancel)
    {
        var older = ResultFiles.ReadLatest();
        if (options.LongOnly && older is null)
        {
            throw new InvalidOperationException("--long-only: there is no result file whose rounds could be kept.");
        }

        var ground = Ground.Describe();
        using var programs = new Programs();
        await using var database = await Database.StartAsync(cancel);
        await using var plain = await PlainServers.StartAsync(programs, await database.CreateAnotherAsync(), cancel);
        var session = new Session(options, programs, database, plain, ground);
        var files = new ResultFiles(options, Say);
        var kept = older?.Long ?? new LongResults();
        var result = options.LongOnly && older is not null ? older : await session.RoundsAsync(cancel) with { Long = kept };
        files.Write(result);
        // Written after each, so that what fails late costs nothing that was found before.
        await foreach (var part in session.LongAsync(cancel))
        {
            result = result with { Long = part.Over(result.Long) };
            files.Write(result);
        }

        files.Print(result);
    }

    private async Task<BenchResult> RoundsAsync(CancellationToken cancel)
    {
        Say($"{options.Rounds} round(s) of {options.Seconds} s per target, {options.Connections} connections");
        var commit = await database.MeasureCommitAsync(cancel);
        Say($"one durable commit takes {commit:F0} µs here");
        var rig = new GatewayRig(programs, database.ConnectionString, plain.UpstreamPort);
        var most = options.Wide ? Math.Max(options.Connections, BenchOptions.WideConnections) : options.Connections;
        await rig.PrepareAsync(most, cancel);
        Say($"{rig.Agents} agents made");
        var load = await LoadAsync(rig, cancel);
        var allocation = await Allocation.MeasureAsync(programs, rig, plain, options, cancel);
        Say("allocated per call: " + string.Join(", ", allocation.Select(row => $"{row.Target} {row.BytesPerCall:F0} B")));
        var cold = await ColdStart.MeasureAsync(rig, options.ColdStarts, cancel);
        Say("cold tools/list: " + string.Join(", ", cold.Select(time => $"{time:F0} ms")));
        return new BenchResult
        {
            Ground = ground,
            Settings = new RunSettings(
                options.Command, options.Rounds, options.Seconds, options.Connections, rig.Agents,
                await database.SettingAsync("server_version", cancel), commit),
            Rows = load.Rows,
            Batching = load.Batching,
            Memory = load.Memory,
            ToolListing = load.ToolListing,
            ColdToolsListMilliseconds = cold,
            Allocation = allocation,
            NotMeasured = [.. new[] { Nginx.Program is null ? Nginx.Missing : null, load.NotMeasured }.OfType<string>()],
        };
    }

    private async Task<LoadParts> LoadAsync(GatewayRig rig, CancellationToken cancel)
    {
        var (gateway, port) = await rig.StartAsync(cancel);
        await using var owned = gateway;
        var (slow, slowPort) = await rig.StartAsync(cancel, Hook.Switching(GatewayRig.RowCommits));
        await using var slowOwned = slow;
        var (other, otherPort) = await rig.StartAsync(cancel, CleartextHttp2.Settings(programs.Folder, plain.CleartextHttp2Port));
        await using var otherOwned = other;
        Target[] ours = [rig.Read(port, gateway.Id), rig.Write(port, gateway.Id)];
        Target[] overHttp2 = [rig.Read(otherPort, other.Id, "read_h2c"), rig.Write(otherPort, other.Id, "write_h2c")];
        var rowCommit = rig.Write(slowPort, slow.Id, "rowcommit");
        var rounds = new Rounds(database, Say);
        // On a machine this busy calls that commit one by one can be refused for having waited too long.
        var slowFails = await rounds.TryWarmUpAsync(rowCommit, options, cancel);
        Target[] all = [.. plain.Targets, .. ours, .. overHttp2, .. slowFails is null ? [rowCommit] : Array.Empty<Target>()];
        try
        {
            await rounds.WarmUpAsync(all, options, cancel);
            var rows = new List<LoadRow>(await rounds.MeasureAsync(all, options.Connections, options, cancel));
            rows.AddRange(await rounds.MeasureAsync(all, 1, options, cancel));
            if (options.Wide)
            {
                rows.AddRange(await rounds.MeasureAsync(
                    [plain.Base, .. ours], BenchOptions.WideConnections, options, cancel));
            }

            var batching = await Batching.MeasureAsync(database, all.Except(plain.Targets).Except(overHttp2), options, Say, cancel);
            if (batching.Any(row => row.Target == rowCommit.Name && row.CallsPerWritingCommit > 1))
            {
                throw new InvalidOperationException($"The switch {GatewayRig.RowCommits} does nothing: calls still share commits.");
            }

            var memory = new MemoryRow(ProcessClock.Megabytes(gateway.Id, "VmRSS"), ProcessClock.Megabytes(gateway.Id, "VmHWM"));
            return new LoadParts(rows, batching, memory, await ToolListing.MeasureAsync(rig, port, cancel), slowFails);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new LoadException($"{failure.Message}\nThe gateway's last words:\n{gateway.Log}");
        }
    }

    private async IAsyncEnumerable<LongResults> LongAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        var of = new Provenance(ground.Date, ground.Commit, ground.Modified, options.Command);
        if (options.TableRows.Count > 0)
        {
            yield return new() { Table = await new FullTable(programs, database, plain, Say).MeasureAsync(of, options, cancel) };
        }

        if (options.Population)
        {
            var population = new Population(programs, database, plain, Say);
            yield return new() { Population = await population.MeasureAsync(of, options, cancel) };
        }

        if (options.Verify)
        {
            yield return new() { Verify = await new Verification(programs, database, plain, Say).MeasureAsync(of, options, cancel) };
        }

        if (options.MemoryMinutes > 0)
        {
            var rig = new GatewayRig(programs, await database.CreateAnotherAsync(), plain.UpstreamPort);
            await rig.PrepareAsync(options.Connections, cancel);
            yield return new() { Memory = await HoldMemory.MeasureAsync(rig, of, options, Say, cancel) };
        }
    }

    private static void Say(string line) => Console.WriteLine(line);

    private sealed record LoadParts(
        IReadOnlyList<LoadRow> Rows, IReadOnlyList<BatchingRow> Batching, MemoryRow Memory, ToolListingRow ToolListing,
        string? NotMeasured);
}
