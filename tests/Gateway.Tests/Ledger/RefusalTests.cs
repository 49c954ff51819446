using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using AgentGateway.Support;
using Microsoft.Extensions.Time.Testing;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class RefusalTests
{
    [Fact]
    public async Task A_flood_from_one_source_is_five_rows_and_one_count_and_none_is_lost()
    {
        await using var world = await LedgerWorld.CreateAsync(new FakeTimeProvider());

        await Parallel.ForAsync(0, 500, async (_, _) => await world.Ledger.RefuseAsync(Stranger("198.51.100.7")));
        await world.Refusals.FlushAsync();

        Assert.Equal(6, await world.EventsAsync("refused"));
        Assert.Equal(500, await CountedAsync(world));
        Assert.Equal(495, await world.ValueAsync<int>("SELECT count FROM audit_events WHERE cause = 'aggregated'"));
    }

    [Fact]
    public async Task Each_source_and_each_second_has_rows_of_its_own()
    {
        var clock = new FakeTimeProvider();
        await using var world = await LedgerWorld.CreateAsync(clock);
        for (var second = 0; second < 2; second++)
        {
            for (var i = 0; i < 8; i++)
            {
                await world.Ledger.RefuseAsync(Stranger("198.51.100.7"));
                await world.Ledger.RefuseAsync(Stranger("198.51.100.8"));
            }

            await world.Refusals.FlushAsync();
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(2 * 2 * 6, await world.EventsAsync("refused"));
        Assert.Equal(32, await CountedAsync(world));
    }

    [Fact]
    public async Task Many_sources_share_rows_and_none_is_lost()
    {
        await using var world = await LedgerWorld.CreateAsync(new FakeTimeProvider());

        for (var i = 0; i < 5000; i++)
        {
            await world.Ledger.RefuseAsync(Stranger($"203.0.113.{i}"));
        }

        await world.Refusals.FlushAsync();

        Assert.Equal(5000, await CountedAsync(world));
        Assert.InRange(await world.EventsAsync("refused"), 2, 1300);
    }

    [Fact]
    public async Task Refusals_of_a_known_agent_are_written_one_by_one()
    {
        await using var world = await LedgerWorld.CreateAsync(new FakeTimeProvider());
        var authority = await world.AuthorityAsync();

        for (var i = 0; i < 20; i++)
        {
            await world.Ledger.RefuseAsync(new Refusal
            {
                Reason = Reasons.ScopeMissing,
                Origin = LedgerWorld.Origin(),
                Authority = authority,
                Tool = "create_card",
                Card = "NDC-1",
                Cause = "card:create",
                ManifestDigest = "d",
            });
        }

        Assert.Equal(20, await world.ValueAsync<long>(
            $"SELECT count(*) FROM audit_events WHERE reason = 'scope_missing' AND agent_id = '{world.Agent.Id}'"));
    }

    [Fact]
    public async Task Refusals_while_the_database_is_away_are_counted_and_written_when_it_is_back()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await LedgerWorld.CreateOnAsync(cluster);

        await cluster.StopAsync(immediate: true);
        for (var i = 0; i < 12; i++)
        {
            await world.Ledger.RefuseAsync(Stranger("198.51.100.7"));
        }

        await world.Refusals.FlushAsync();
        await cluster.StartAsync();
        await world.Refusals.FlushAsync();

        Assert.Equal(12, await CountedAsync(world));
    }

    [Fact]
    public async Task What_is_still_counted_is_written_at_shutdown()
    {
        await using var world = await LedgerWorld.CreateAsync(new FakeTimeProvider());
        await world.Refusals.StartAsync(CancellationToken.None);
        for (var i = 0; i < 9; i++)
        {
            await world.Ledger.RefuseAsync(Stranger("198.51.100.7"));
        }

        await world.Refusals.StopAsync(CancellationToken.None);

        Assert.Equal(9, await CountedAsync(world));
    }

    [Fact]
    public async Task The_settlement_of_a_read_follows_its_answer_and_is_written_at_shutdown()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var read = Assert.IsType<Admission.Admitted>(
            await world.Ledger.AdmitAsync(await world.RequestAsync("list_cards"), CancellationToken.None));
        await world.Trailing.StartAsync(CancellationToken.None);

        await world.Ledger.SettleAsync(read, LedgerWorld.Done() with { Duration = TimeSpan.FromMilliseconds(42) });
        await world.Trailing.StopAsync(CancellationToken.None);

        Assert.Equal(42, await world.ValueAsync<int>(
            $"SELECT duration_ms FROM audit_events WHERE kind = 'settled' AND admission_id = '{read.Id}'"));
    }

    private static Task<long> CountedAsync(LedgerWorld world) =>
        world.ValueAsync<long>("SELECT coalesce(sum(count), 0) FROM audit_events WHERE kind = 'refused'");

    private static Refusal Stranger(string address) =>
        new() { Reason = Reasons.Unauthenticated, Origin = LedgerWorld.Origin(address), Cause = "unknown", ManifestDigest = "d" };
}
