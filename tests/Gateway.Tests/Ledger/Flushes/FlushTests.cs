using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger.Flushes;

/// <summary>What shares one transaction, and what may not harm its neighbours in it.</summary>
public sealed class FlushTests
{
    [Fact]
    public async Task A_change_of_one_agent_holds_up_that_agent_alone()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var blocked = await world.AuthorityAsync();
        var free = await OtherAuthorityAsync(world);
        var change = await Hold.LockAsync(world, LockKeys.Agent(blocked.Agent.Id));

        var held = world.Ledger.AdmitAsync(LedgerWorld.Request(blocked, "list_cards"), CancellationToken.None);
        var others = await AdmitAllAsync(world, [.. Enumerable.Range(0, 20).Select(_ => LedgerWorld.Request(free, "list_cards"))]);
        var waited = !held.IsCompleted;
        await change.DisposeAsync();

        Assert.All(others, answer => Assert.IsType<Admission.Admitted>(answer));
        Assert.True(waited, "The call was answered although its agent was being changed.");
        Assert.IsType<Admission.Admitted>(await held);
    }

    [Fact]
    public async Task Calls_that_come_together_share_their_transactions()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();

        await AdmitAllAsync(world, [.. Enumerable.Range(0, 100).Select(n => LedgerWorld.Request(authority, key: $"key-{n:D8}"))]);

        Assert.Equal(100, await world.EventsAsync("admitted"));
        Assert.InRange(
            await world.ValueAsync<long>("SELECT count(DISTINCT xmin::text) FROM audit_events WHERE kind = 'admitted'"), 1, 50);
    }

    [Fact]
    public async Task One_key_many_times_at_once_admits_one_and_tells_the_others_what_it_is()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();
        var same = Enumerable.Range(0, 10).Select(_ => LedgerWorld.Request(authority, key: "key-00000001"));
        var other = Enumerable.Range(0, 10).Select(_ => LedgerWorld.Request(authority, key: "key-00000001", arguments: """{"a":1}"""));

        var answers = await AdmitAllAsync(world, [.. same, .. other]);

        Assert.Single(answers.OfType<Admission.Admitted>());
        Assert.Equal(9, answers.OfType<Admission.InProgress>().Count());
        Assert.Equal(10, answers.OfType<Admission.KeyReused>().Count());
    }

    [Fact]
    public async Task A_settled_key_many_times_at_once_is_replayed_each_time()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        await world.Ledger.SettleAsync(await AdmitAsync(world, request), LedgerWorld.Done());

        var answers = await AdmitAllAsync(world, [.. Enumerable.Repeat(request, 12)]);

        Assert.All(answers, answer => Assert.IsType<Admission.Replay>(answer));
        Assert.Equal((1L, 12L), (await world.EventsAsync("admitted"), await world.EventsAsync("replayed")));
    }

    [Fact]
    public async Task A_row_the_database_refuses_is_refused_alone()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();
        var good = Enumerable.Range(0, 20).Select(n => LedgerWorld.Request(authority, key: $"key-{n:D8}")).ToList();
        var bad = LedgerWorld.Request(authority, key: "key-too-short-a-digest") with { Fingerprint = [1, 2, 3] };

        var refused = Assert.ThrowsAsync<LedgerUnavailableException>(() => world.Ledger.AdmitAsync(bad, CancellationToken.None));
        var answers = await AdmitAllAsync(world, good);

        await refused;
        Assert.All(answers, answer => Assert.IsType<Admission.Admitted>(answer));
        Assert.Equal(20, await world.EventsAsync("admitted"));
    }

    [Fact]
    public async Task A_full_queue_refuses_before_it_grows()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await using var writer = world.NewWriter(capacity: 8);
        var authority = await world.AuthorityAsync();
        var stopped = await Hold.TableAsync(world, "audit_events");

        var calls = Enumerable.Range(0, 100).Select(_ => writer.AdmitAsync(LedgerWorld.Request(authority, "list_cards"))).ToList();
        await stopped.DisposeAsync();
        var answers = await Task.WhenAll(calls);

        var admitted = answers.OfType<Admission.Admitted>().Count();
        Assert.InRange(admitted, 8, 99);
        Assert.Equal(100 - admitted, answers.OfType<Admission.Overloaded>().Count());
        Assert.Equal(admitted, await world.EventsAsync("admitted"));
    }

    [Fact]
    public async Task At_shutdown_waiting_calls_are_refused_and_settlements_are_written()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await using var writer = world.NewWriter();
        var authority = await world.AuthorityAsync();
        var write = Assert.IsType<Admission.Admitted>(await writer.AdmitAsync(LedgerWorld.Request(authority, key: "key-00000001")));
        var stopped = await Hold.TableAsync(world, "audit_events");
        var flying = writer.AdmitAsync(LedgerWorld.Request(authority, "list_cards"));
        await stopped.HasWaiterAsync();

        var waiting = writer.AdmitAsync(LedgerWorld.Request(authority, "list_cards"));
        var settling = writer.SettleAsync(write, LedgerWorld.Done());
        var stopping = writer.StopAsync(CancellationToken.None);
        var late = writer.AdmitAsync(LedgerWorld.Request(authority, "list_cards"));
        await stopped.DisposeAsync();
        await stopping;
        await settling;

        Assert.IsType<Admission.Admitted>(await flying);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => waiting);
        await Assert.ThrowsAsync<LedgerUnavailableException>(() => late);
        Assert.Equal("succeeded", await world.ValueAsync<string>("SELECT state FROM idempotency"));
    }

    [Fact]
    public async Task An_admission_nobody_waits_for_any_more_is_given_back()
    {
        await using var world = await LedgerWorld.CreateAsync();
        await using var writer = world.NewWriter(patience: TimeSpan.FromSeconds(1));
        var request = await world.RequestAsync(key: "key-00000001");
        var stopped = await Hold.TableAsync(world, "audit_events");

        await Assert.ThrowsAsync<LedgerUnavailableException>(() => writer.AdmitAsync(request));
        await stopped.DisposeAsync();
        await writer.StopAsync(CancellationToken.None);

        Assert.Equal("released", await world.ValueAsync<string>("SELECT state FROM idempotency"));
        Assert.Equal(2, (await AdmitAsync(world, request)).Epoch);
    }

    [Fact]
    public async Task A_connection_that_is_lost_before_the_commit_refuses_its_calls_and_leaves_nothing()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        var stopped = await Hold.TableAsync(world, "audit_events");

        var flying = Assert.ThrowsAsync<LedgerUnavailableException>(() => world.Ledger.AdmitAsync(request, CancellationToken.None));
        await stopped.HasWaiterAsync();
        await stopped.EndWaiterAsync();
        await flying;
        await stopped.DisposeAsync();

        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM idempotency"));
        Assert.Equal(1, (await AdmitAsync(world, request)).Epoch);
    }

    [Fact]
    public async Task A_connection_that_is_lost_after_the_commit_refuses_its_calls_and_sends_nothing_again()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        var server = new NpgsqlConnectionStringBuilder(world.ConnectionString);
        await using var relay = Relay.Before(server);
        await using var writer = world.NewWriter(connectionString: relay.ConnectionString);
        // The statements are prepared by now: the next call leaves in one write.
        await writer.AdmitAsync(LedgerWorld.Request(request.Permit.Authority, key: "key-00000000"));

        relay.SwallowAnswers();
        var flying = Assert.ThrowsAsync<LedgerUnavailableException>(() => writer.AdmitAsync(request));
        await Eventually.TrueAsync(async () => await world.ValueAsync<long>("SELECT count(*) FROM idempotency") == 2);
        await relay.DisposeAsync();
        await flying;

        Assert.Equal(2, await world.EventsAsync("admitted"));
        Assert.IsType<Admission.InProgress>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
    }

    private static async Task<Admission.Admitted> AdmitAsync(LedgerWorld world, AdmissionRequest request) =>
        Assert.IsType<Admission.Admitted>(await world.Ledger.AdmitAsync(request, CancellationToken.None));

    private static Task<Admission[]> AdmitAllAsync(LedgerWorld world, IReadOnlyList<AdmissionRequest> requests) =>
        Task.WhenAll(requests.Select(request => world.Ledger.AdmitAsync(request, CancellationToken.None)));

    private static async Task<Authority> OtherAuthorityAsync(LedgerWorld world)
    {
        var agent = await world.AddAgentAsync("u-other");
        return await world.AuthorityAsync(agent.Token);
    }
}
