using System.Diagnostics;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Ledger.Flushes;

/// <summary>Rates hold over all replicas together, by the database's clock, and cost only what was admitted.</summary>
public sealed class RateTests
{
    private static readonly Rate None = Rate.Unlimited;

    [Fact]
    public async Task Three_replicas_together_admit_what_one_may_and_not_much_less()
    {
        var rate = new Rate(40, 30);
        await using var world = await LedgerWorld.CreateAsync(limits: new RateLimits(rate, None, None));
        await using var second = world.NewWriter(new RateLimits(rate, None, None));
        await using var third = world.NewWriter(new RateLimits(rate, None, None));
        var authority = await world.AuthorityAsync();
        var started = Stopwatch.GetTimestamp();
        var end = TimeSpan.FromSeconds(3);

        var workers = Enumerable.Range(0, 32).Select(number => Task.Run(async () =>
        {
            var writer = (number % 3) switch { 0 => world.Writer, 1 => second, _ => third };
            var admitted = 0;
            while (Stopwatch.GetElapsedTime(started) < end)
            {
                admitted += await writer.AdmitAsync(LedgerWorld.Request(authority, "list_cards")) is Admission.Admitted ? 1 : 0;
            }

            return admitted;
        }));
        var accepted = (await Task.WhenAll(workers)).Sum();

        // The bucket may stay full for as long as the first admission took, and is not asked after the last one.
        var most = rate.Burst + (rate.PerSecond * Stopwatch.GetElapsedTime(started).TotalSeconds);
        Assert.InRange(accepted, 0.75 * (rate.Burst + (rate.PerSecond * end.TotalSeconds)), most);
        Assert.Equal(accepted, await world.EventsAsync("admitted"));
    }

    [Fact]
    public async Task Calls_at_once_are_admitted_up_to_the_burst_and_the_others_hear_how_long_to_wait()
    {
        await using var world = await LedgerWorld.CreateAsync(limits: new RateLimits(new Rate(0.01, 5), None, None));

        var answers = await AdmitAsync(world, await world.AuthorityAsync(), 12);

        Assert.Equal(5, answers.OfType<Admission.Admitted>().Count());
        var limited = answers.OfType<Admission.Limited>().ToList();
        Assert.Equal(7, limited.Count);
        Assert.All(limited, answer => Assert.Equal("call", answer.Scope));
        Assert.InRange(limited[0].Wait, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(700));
        Assert.Equal(5, await world.EventsAsync("admitted"));
    }

    [Fact]
    public async Task Writes_have_a_limit_of_their_own_and_leave_reads_alone()
    {
        await using var world = await LedgerWorld.CreateAsync(limits: new RateLimits(new Rate(0.01, 6), new Rate(0.01, 2), None));
        var authority = await world.AuthorityAsync();

        var writes = await Task.WhenAll(Enumerable.Range(0, 5).Select(n =>
            world.Writer.AdmitAsync(LedgerWorld.Request(authority, key: $"key-{n:D8}"))));
        var reads = await AdmitAsync(world, authority, 6);

        Assert.Equal(2, writes.OfType<Admission.Admitted>().Count());
        Assert.All(writes.OfType<Admission.Limited>(), answer => Assert.Equal("write", answer.Scope));
        // Two of the six went to the writes that were admitted, none to those that were not.
        Assert.Equal(4, reads.OfType<Admission.Admitted>().Count());
        Assert.Equal(2, await world.ValueAsync<long>("SELECT count(*) FROM idempotency"));
    }

    [Fact]
    public async Task Two_agents_of_one_owner_share_the_owners_limit()
    {
        await using var world = await LedgerWorld.CreateAsync(limits: new RateLimits(new Rate(1, 9), None, new Rate(0.01, 4)));
        var first = await world.AuthorityAsync();
        var other = await world.AddAgentAsync(first.Agent.OwnerId);
        var second = await world.AuthorityAsync(other.Token);

        var answers = (await Task.WhenAll(AdmitAsync(world, first, 4), AdmitAsync(world, second, 4))).SelectMany(all => all).ToList();

        Assert.Equal(4, answers.OfType<Admission.Admitted>().Count());
        Assert.All(answers.OfType<Admission.Limited>(), answer => Assert.Equal("owner", answer.Scope));
    }

    [Fact]
    public async Task Replays_and_refusals_cost_nothing()
    {
        await using var world = await LedgerWorld.CreateAsync(limits: new RateLimits(new Rate(0.01, 2), new Rate(0.01, 2), None));
        var request = await world.RequestAsync(key: "key-00000001");
        var admitted = Assert.IsType<Admission.Admitted>(await world.Writer.AdmitAsync(request));
        var running = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.Writer.AdmitAsync(request)));
        await world.Ledger.SettleAsync(admitted, LedgerWorld.Done());
        var replays = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => world.Writer.AdmitAsync(request)));
        var stale = LedgerWorld.Request(request.Permit.Authority with { Version = 99 }, "list_cards");
        Assert.IsType<Admission.StaleAuthority>(await world.Writer.AdmitAsync(stale));

        Assert.All(running, answer => Assert.IsType<Admission.InProgress>(answer));
        Assert.All(replays, answer => Assert.IsType<Admission.Replay>(answer));
        Assert.IsType<Admission.Admitted>(await world.Writer.AdmitAsync(await world.RequestAsync(key: "key-00000002")));
        Assert.IsType<Admission.Limited>(await world.Writer.AdmitAsync(await world.RequestAsync(key: "key-00000003")));
    }

    [Fact]
    public async Task An_agents_own_limits_come_before_the_gateways()
    {
        await using var world = await LedgerWorld.CreateAsync(limits: new RateLimits(new Rate(0.01, 9), None, None));
        await world.ExecuteAsync(
            "UPDATE agents SET call_rate = 0.01, call_burst = 3, authority_version = authority_version + 1");

        var answers = await AdmitAsync(world, await world.AuthorityAsync(), 9);

        Assert.Equal(3, answers.OfType<Admission.Admitted>().Count());
    }

    [Fact]
    public async Task A_bucket_that_is_missing_admits_nothing()
    {
        await using var world = await LedgerWorld.CreateAsync(limits: new RateLimits(new Rate(1, 9), None, None));
        await world.ExecuteAsync("CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
        await world.ExecuteAsync("CREATE TRIGGER lost BEFORE INSERT ON rates FOR EACH ROW EXECUTE FUNCTION nothing()");

        Assert.IsType<Admission.Limited>(Assert.Single(await AdmitAsync(world, await world.AuthorityAsync(), 1)));
    }

    private static Task<Admission[]> AdmitAsync(LedgerWorld world, Authority authority, int times) => Task.WhenAll(
        Enumerable.Range(0, times).Select(_ => world.Writer.AdmitAsync(LedgerWorld.Request(authority, "list_cards"))));
}
