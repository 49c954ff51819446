using System.Diagnostics;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Report;
using AgentGateway.Bench.Rig;

namespace AgentGateway.Bench.Long;

/// <summary>
/// The first call of an agent beside its second: the difference is the authority's way from the database. Then all agents
/// call, and memory must follow the size of the cache, not the number of agents.
/// </summary>
internal sealed class Population(Programs programs, Database database, PlainServers plain, Action<string> say)
{
    private const int Agents = 100_000;
    private const int Pairs = 2_000;
    private const int Callers = 16;

    private static readonly int[] Steps = [10_000, 30_000, Agents];

    public async Task<PopulationCost> MeasureAsync(Provenance of, BenchOptions options, CancellationToken cancel)
    {
        var rig = new GatewayRig(programs, await database.CreateAnotherAsync(), plain.UpstreamPort);
        await rig.PrepareAsync(connections: 1, cancel);
        var agents = options.Part(Agents);
        var tokens = await new Crowd(rig.Database, rig.TokenPepper).MakeAsync(agents, cancel);
        say($"population: {agents:N0} agents with {agents * Crowd.GrantsPerAgent:N0} grants");

        var (gateway, port) = await rig.StartAsync(cancel);
        await using var owned = gateway;
        var pairs = Math.Min(Pairs, agents / 4);
        // The last agents warm up, so that those measured are unknown when they are.
        await CallAllAsync(port, gateway.Id, tokens.TakeLast(pairs), cancel);
        var times = await MeasurePairsAsync(port, gateway.Id, tokens.Take(pairs), cancel);
        var resident = new List<ResidentRow> { new(2 * pairs, ProcessClock.Megabytes(gateway.Id, "VmRSS")) };
        var seen = 0;
        foreach (var step in Steps.Select(options.Part))
        {
            await CallAllAsync(port, gateway.Id, tokens.Skip(seen).Take(step - seen), cancel);
            seen = step;
            resident.Add(new ResidentRow(Math.Min(agents, step + pairs), ProcessClock.Megabytes(gateway.Id, "VmRSS")));
        }

        var cost = new PopulationCost(
            of, agents, agents * Crowd.GrantsPerAgent, pairs, LoadResult.Median(times.Select(pair => pair.Miss)),
            LoadResult.Median(times.Select(pair => pair.Hit)), LoadResult.Median(times.Select(pair => pair.Miss - pair.Hit)),
            resident);
        say($"population: first call {cost.MissP50Microseconds:F0} µs, second {cost.HitP50Microseconds:F0} µs; "
            + string.Join(", ", resident.Select(row => $"{row.Megabytes:F0} MB at {row.AgentsSeen:N0}")));
        return cost;
    }

    private static async Task<List<(double Miss, double Hit)>> MeasurePairsAsync(
        int port, int process, IEnumerable<string> tokens, CancellationToken cancel)
    {
        using var connection = await LoadConnection.OpenAsync(port, cancel);
        var times = new List<(double, double)>();
        foreach (var token in tokens)
        {
            var target = Ping(port, process, token);
            times.Add((await TimeAsync(connection, target, cancel), await TimeAsync(connection, target, cancel)));
        }

        return times;
    }

    private static async Task CallAllAsync(int port, int process, IEnumerable<string> tokens, CancellationToken cancel)
    {
        var shares = tokens.Chunk(512).ToList();
        await Parallel.ForEachAsync(
            shares,
            new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancel },
            async (share, stop) =>
            {
                using var connection = await LoadConnection.OpenAsync(port, stop);
                foreach (var token in share)
                {
                    await TimeAsync(connection, Ping(port, process, token), stop);
                }
            });
    }

    private static async Task<double> TimeAsync(LoadConnection connection, Target target, CancellationToken cancel)
    {
        var call = target.Prepare(0);
        var began = Stopwatch.GetTimestamp();
        var (status, body) = await connection.ExchangeAsync(call.Next(), cancel);
        var time = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        LoadRun.Check(target, status, body.Span, target.ProofBytes);
        return time;
    }

    // The cheapest call that needs an authority.
    private static Target Ping(int port, int process, string token) => new()
    {
        Name = "ping",
        Port = port,
        ProcessId = process,
        Prepare = _ => PreparedCall.Mcp(port, token, "ping", "{}"),
        Proof = "\"result\"",
    };
}
