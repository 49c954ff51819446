using AgentGateway.Security.Tests.Rig;
using Xunit.Abstractions;

namespace AgentGateway.Security.Tests.Revocation;

/// <summary>Once a takeaway has returned, no replica admits another call: judged in the database and at Tasker.</summary>
public sealed class RevocationTests(ITestOutputHelper output)
{
    private const int DrainSeconds = 10;

    [Fact]
    public async Task Nothing_is_admitted_on_any_replica_after_the_call_has_returned()
    {
        await using var world = await ReplicaWorld.StartAsync();
        var verdicts = new List<Verdict>();
        foreach (var what in Takeaway.Final)
        {
            for (var trial = 0; trial < Scale.Of(reduced: 4, full: 100); trial++)
            {
                await using var race = await Race.StartAsync(world);
                verdicts.Add(await race.TakeAsync(what, trial % 2 == 0 ? DrainSeconds : 0));
            }

            Progress.Say($"revocation: {verdicts.Count} takeaways done");
        }

        await using (var race = await Race.StartAsync(world))
        {
            for (var trial = 0; trial < Scale.Of(reduced: 8, full: 200); trial++)
            {
                foreach (var what in Takeaway.Reversible)
                {
                    verdicts.Add(await race.TakeAsync(what, trial % 2 == 0 ? DrainSeconds : 0));
                }

                if (trial % 20 == 0)
                {
                    Progress.Say($"revocation: {verdicts.Count} takeaways done");
                }
            }
        }

        foreach (var group in verdicts.GroupBy(verdict => verdict.What))
        {
            Report(group.Key, [.. group]);
        }

        Assert.All(verdicts, verdict => Assert.True(verdict.Before > 0, "Nothing was admitted, so nothing is proved."));
        Assert.Equal([], verdicts.Where(verdict => !verdict.IsClean));
        Assert.Contains(verdicts, verdict => verdict.Drained == true);
    }

    [Theory]
    [InlineData("ttl-cache")]
    [InlineData("check-then-insert")]
    [InlineData("insert-select")]
    public async Task The_same_race_finds_an_admission_without_a_lock(string plant)
    {
        await using var world = await ReplicaWorld.StartAsync(plant);
        var verdicts = new List<Verdict>();
        await using (var race = await Race.StartAsync(world))
        {
            while (verdicts.Count < Scale.Of(reduced: 200, full: 1000) && verdicts.Sum(verdict => verdict.Admitted) == 0)
            {
                verdicts.Add(await race.TakeAsync("suspend", drainSeconds: 0));
            }
        }

        Report(plant, verdicts);
        Assert.True(verdicts.Sum(verdict => verdict.Admitted) > 0, $"{plant} went unnoticed in {verdicts.Count} trials.");
    }

    private void Report(string name, List<Verdict> verdicts)
    {
        var took = verdicts.Select(verdict => verdict.Took.TotalMilliseconds).Order().ToList();
        output.WriteLine(
            $"{name}: {verdicts.Count} trials, {verdicts.Sum(verdict => verdict.Before)} admitted before, "
            + $"{verdicts.Sum(verdict => verdict.Admitted)} after, {verdicts.Sum(verdict => verdict.Succeeded)} succeeded after, "
            + $"{verdicts.Sum(verdict => verdict.Arrived.Count)} arrived after {verdicts.Count(verdict => verdict.Drained == true)} drained, "
            + $"call p50 {took[took.Count / 2]:F0} ms, p99 {took[(int)(took.Count * 0.99)]:F0} ms");
    }
}
