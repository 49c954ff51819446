using System.Diagnostics;
using AgentGateway.Security.Tests.Check;
using AgentGateway.Security.Tests.Faults;
using Npgsql;
using Xunit.Abstractions;

namespace AgentGateway.Security.Tests.Rolling;

/// <summary>All replicas are replaced under load, and no agent's wish is lost or done twice.</summary>
public sealed class RollingRestartTests(FaultBase shared, ITestOutputHelper output) : IClassFixture<FaultBase>
{
    private const int Clients = 12;

    // Of the codes with status 503, those a replica may give that is on its way out.
    private static readonly string[] Allowed = ["success", "connection", "ledger_unavailable", "admission_expired", "overloaded"];

    [Fact]
    public async Task Replicas_that_are_asked_to_stop_one_by_one_lose_nothing_and_double_nothing()
    {
        await using var world = await FaultWorld.StartAsync(shared, Clients);
        var rollout = new Rollout(world);

        var violations = await RunAsync(world, rollout, rounds: 2, Rollout.StopAsync);

        Assert.Equal([], violations);
        Assert.Equal([], Answers(world).Keys.Except(Allowed));
        Assert.Equal([], world.Intents.Where(intent => !intent.Attempts.Last().Answer.Succeeded).Select(Checker.Name));
        Assert.True(rollout.Lost >= 2 * Rollout.Replicas, "No client met a replica that was away.");
        Assert.Equal(0, await UnsettledAsync(world, "%"));
    }

    [Fact]
    public async Task Replicas_that_are_killed_one_by_one_lose_nothing_and_double_nothing()
    {
        await using var world = await FaultWorld.StartAsync(shared, Clients, logs: "killed");
        var rollout = new Rollout(world);

        var violations = await RunAsync(world, rollout, rounds: 1, Rollout.KillAsync);

        Assert.Equal([], violations);
        Assert.Equal([], world.Intents.Where(intent => !intent.Attempts.Last().Answer.Succeeded).Select(Checker.Name));
        // A read that died with its replica is written off as unknown minutes later.
        Assert.Equal(0, await UnsettledAsync(world, "write"));
    }

    [Fact]
    public async Task The_same_judge_sees_effects_doubled_when_each_attempt_has_a_key_of_its_own()
    {
        await using var world = await FaultWorld.StartAsync(shared, Clients, "retry-without-dedupe");

        var violations = await RunAsync(world, new Rollout(world), rounds: 1, Rollout.KillAsync);

        Assert.Contains(violations, violation => violation.StartsWith("OneEffectPerKey", StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> RunAsync(FaultWorld world, Rollout rollout, int rounds, Func<Victim, Task> ending)
    {
        var clock = Stopwatch.StartNew();
        await rollout.RunAsync(rounds, ending);
        // What may follow its answer by a second is written then.
        await Task.Delay(TimeSpan.FromSeconds(1.5));
        var evidence = await Evidence.GatherAsync(world, new Campaign(world)) with { Unfinished = rollout.Unfinished };
        var ran = clock.Elapsed;
        var violations = Checker.Check(evidence);
        var ends = string.Join(", ", rollout.Endings.Select(end => $"{end.TotalMilliseconds:F0}"));
        output.WriteLine(
            $"{world.Intents.Count} intents in {ran.TotalSeconds:F0} s, checked in {(clock.Elapsed - ran).TotalSeconds:F0} s, "
            + $"{rollout.Lost} lost connections, {evidence.Audit.Count(row => row.Kind == "replayed")} replays, "
            + $"{violations.Count} violations; ends took {ends} ms");
        output.WriteLine(string.Join(", ", Answers(world).Select(answer => $"{answer.Key} {answer.Value}")));
        foreach (var violation in violations.Take(6))
        {
            output.WriteLine($"  {violation}");
        }

        return violations;
    }

    private static Dictionary<string, int> Answers(FaultWorld world) => world.Intents
        .SelectMany(intent => intent.Attempts).CountBy(attempt => attempt.Answer.Code ?? "success").ToDictionary();

    // Admissions without an end on the record, and rows whose lease is over and that nobody has resolved.
    private static async Task<long> UnsettledAsync(FaultWorld world, string effect)
    {
        await using var ask = world.Judge.CreateCommand(
            """
            SELECT (SELECT count(*) FROM audit_events AS a WHERE a.kind = 'admitted' AND a.effect LIKE $1 AND NOT EXISTS (
                       SELECT FROM audit_events AS s WHERE s.kind = 'settled' AND s.admission_id = a.admission_id))
                 + (SELECT count(*) FROM idempotency
                    WHERE state IN ('in_doubt', 'dispatching') AND lease_until < clock_timestamp())
            """);
        ask.Parameters.Add(new NpgsqlParameter<string> { TypedValue = effect });
        return (long)(await ask.ExecuteScalarAsync())!;
    }
}
