using System.Diagnostics;
using AgentGateway.Security.Tests.Check;
using AgentGateway.Security.Tests.Rig;
using Xunit.Abstractions;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>
/// Faults at every message between gateway, Postgres and Tasker; the promises hold, and the same checker finds planted bugs.
/// </summary>
public sealed class CampaignTests(FaultBase shared, ITestOutputHelper output) : IClassFixture<FaultBase>
{
    private const int Shown = 6;

    [Fact]
    public async Task Every_promise_holds_whatever_breaks_in_between()
    {
        var clock = Stopwatch.StartNew();
        await using var world = await FaultWorld.StartAsync(shared, workers: 12);
        var campaign = new Campaign(world);
        for (var frozen = 0; frozen < Scale.Of(reduced: 3, full: 24); frozen++)
        {
            var fault = frozen % 3 == 0 ? Fault.FreezeAtAnswer : Fault.Freeze;
            await campaign.FreezeAsync(fault, 1 + (frozen * 67 % fault.Points), lane: 2);
        }

        var plans = Plans.Of(new Seeded(Scale.Seed), local: Scale.Of(reduced: 60, full: 2000), global: Scale.Of(reduced: 4, full: 40));
        await campaign.RunAsync(plans, lanes: 2);
        await campaign.FinishAsync();

        var violations = await JudgeAsync("campaign", world, campaign, clock);
        Assert.Equal([], violations);
        Assert.All(campaign.Runs, run => Assert.True(run.Value.Happened > 0 || run.Key is "duplicates" or "freeze", $"{run.Key} never happened."));
    }

    [Theory]
    [InlineData("audit-after-call", "NoEffectBeforeItsAdmission")]
    [InlineData("retry-without-dedupe", "OneEffectPerKey")]
    [InlineData("cancel-on-disconnect", "NoExcuseNoDoubt")]
    [InlineData("check-then-claim", "EpochsCountUp")]
    [InlineData("reconcile-by-get", "FinalFailureIsNoEffect")]
    [InlineData("no-epoch", "OneKeptOutcome")]
    public async Task The_same_checker_finds_a_planted_mistake(string plant, string rule)
    {
        var clock = Stopwatch.StartNew();
        await using var world = await FaultWorld.StartAsync(shared, workers: 4, plant);
        var campaign = new Campaign(world);
        if (plant == "no-epoch")
        {
            await campaign.FreezeAsync(Fault.FreezeAtAnswer, 1, lane: 0);
            await campaign.FreezeAsync(Fault.FreezeAtAnswer, 3, lane: 0);
        }

        await campaign.RunAsync(Plans.Against(plant), lanes: 1);
        await campaign.FinishAsync();

        var violations = await JudgeAsync(plant, world, campaign, clock);
        Assert.Contains(violations, violation => violation.StartsWith(rule, StringComparison.Ordinal));
    }

    private async Task<IReadOnlyList<string>> JudgeAsync(string name, FaultWorld world, Campaign campaign, Stopwatch clock)
    {
        var evidence = await Evidence.GatherAsync(world, campaign);
        var violations = Checker.Check(evidence);
        output.WriteLine(
            $"{name}: seed {Scale.Seed}, {campaign.Runs.Values.Sum(run => run.Runs)} runs, {world.Intents.Count} intents, "
            + $"{world.Intents.Sum(intent => intent.Attempts.Count)} calls, {evidence.Audit.Count} audit rows, "
            + $"{evidence.Deeds.Count} deeds, {violations.Count} violations, {clock.Elapsed.TotalSeconds:F0} s");
        foreach (var (fault, (runs, happened)) in campaign.Runs.OrderBy(run => run.Key))
        {
            output.WriteLine($"  {fault}: {happened} of {runs} happened");
        }

        foreach (var violation in violations.Take(Shown))
        {
            output.WriteLine($"  {violation}");
            Explain(violation, world, evidence);
        }

        return violations;
    }

    // What the replicas said about the requests of the intent that a violation names.
    private void Explain(string violation, FaultWorld world, Evidence evidence)
    {
        var named = world.Intents.Where(intent => violation.Contains(intent.Key, StringComparison.Ordinal)
            || violation.Contains(Checker.Digest(intent), StringComparison.Ordinal));
        foreach (var intent in named)
        {
            var rows = evidence.Audit.Where(row => row.Kind != "replayed" && row.Key == Checker.Digest(intent))
                .OrderBy(row => row.Committed).ToList();
            output.WriteLine($"    {Checker.Name(intent)}");
            rows.ForEach(row => output.WriteLine($"    {row.Committed:HH:mm:ss.fff} {row.Kind} {row.Decision} {row.Epoch} {row.RequestId}"));
            var requests = rows.Select(row => $"{row.RequestId}").Distinct().ToList();
            var lines = world.Logs.SelectMany(log => log.Split('\n'))
                .Where(line => requests.Exists(request => line.Contains(request, StringComparison.Ordinal)));
            foreach (var line in lines)
            {
                output.WriteLine($"    {line}");
            }
        }
    }
}
