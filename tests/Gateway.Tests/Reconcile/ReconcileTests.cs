using AgentGateway.Gateway.Ledger;
using AgentGateway.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Reconcile;

/// <summary>Unknown outcomes, with the real reference Tasker: each is settled by Tasker's word, and no effect is made twice.</summary>
public sealed class ReconcileTests : IAsyncLifetime
{
    private const string Key = "key-00000001";

    private ReconcileWorld? _started;

    private ReconcileWorld World => _started ?? throw new InvalidOperationException("The world has not started.");

    public async Task InitializeAsync() => _started = await ReconcileWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Fact]
    public async Task A_lost_answer_is_settled_by_nobodys_asking_and_replayed_as_the_live_answer_would_have_been()
    {
        var live = await World.CreateCardAsync("key-00000000");
        await World.Flow.Ledger.ExecuteAsync("DELETE FROM idempotency");
        World.Network.Writes = Loss.Answer;

        var lost = await World.CreateCardAsync(Key);
        World.Network.Writes = Loss.Nothing;
        await World.SettledAsync("succeeded");
        var first = await World.CreateCardAsync(Key);
        var second = await World.CreateCardAsync(Key);

        Assert.Equal("outcome_unknown", (string)lost["code"]!);
        Assert.True((bool)first["replayed"]!);
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.Equal(live.AsObject().Select(member => member.Key), first.AsObject().Select(member => member.Key));
        Assert.Equal(2, World.Network.Sent.Count);
        Assert.Equal(1, await World.ReconciledAsync());
        Assert.Equal("create_card", await World.ValueAsync<string>("SELECT tool FROM audit_events WHERE cause = 'reconciled'"));
    }

    [Fact]
    public async Task A_lost_answer_is_settled_before_the_agents_own_retry_is_answered_and_nothing_is_sent_again()
    {
        World.Network.Writes = Loss.Answer;
        await World.CreateCardAsync(Key);
        var retry = await World.CreateCardAsync(Key);

        Assert.Equal("NDC-1", (string)retry["card"]!);
        Assert.True((bool)retry["replayed"]!);
        Assert.Equal(1, await World.Tasker.CardsAsync());
        Assert.Single(World.Network.Sent);
        Assert.Single(World.Network.Asked);
        Assert.Equal(1, await World.ReconciledAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_that_never_arrived_is_fenced_and_the_same_key_then_has_its_one_effect(bool asked)
    {
        World.Network.Writes = Loss.Held;
        await World.CreateCardAsync(Key);
        World.Network.Writes = Loss.Nothing;
        if (!asked)
        {
            await World.SettledAsync("released");
        }

        var retry = await World.CreateCardAsync(Key);
        var late = await World.Network.LetGoAsync();
        var again = await World.CreateCardAsync(Key);

        Assert.Equal("NDC-1", (string)retry["card"]!);
        Assert.False((bool)retry["replayed"]!);
        Assert.Equal([409], late);
        Assert.True((bool)again["replayed"]!);
        Assert.Equal(1, await World.Tasker.CardsAsync());
        Assert.Equal(2, World.Network.Sent.Distinct().Count());
        Assert.Equal(2, await World.ValueAsync<int>("SELECT generation FROM idempotency"));
        Assert.Equal("operation_fenced", await World.ValueAsync<string>("SELECT reason FROM audit_events WHERE cause = 'reconciled'"));
    }

    [Fact]
    public async Task A_key_that_is_fenced_twice_still_has_one_effect()
    {
        World.Network.Writes = Loss.Held;
        await World.CreateCardAsync(Key);
        await World.CreateCardAsync(Key);
        World.Network.Writes = Loss.Nothing;
        var third = await World.CreateCardAsync(Key);
        var late = await World.Network.LetGoAsync();

        Assert.Equal("NDC-1", (string)third["card"]!);
        Assert.Equal([409, 409], late);
        Assert.Equal(1, await World.Tasker.CardsAsync());
        Assert.Equal(3, await World.ValueAsync<int>("SELECT generation FROM idempotency"));
    }

    [Fact]
    public async Task While_Tasker_does_not_say_what_became_of_it_nothing_is_sent_again()
    {
        World.Network.Writes = Loss.Answer;
        World.Network.Resolves = Loss.Answer;
        await World.CreateCardAsync(Key);
        World.Network.Writes = Loss.Nothing;
        var retry = await World.CreateCardAsync(Key);

        Assert.Equal("outcome_unknown", (string)retry["code"]!);
        Assert.Single(World.Network.Sent);
        Assert.Equal("in_doubt", await World.StateAsync());

        World.Network.Resolves = Loss.Nothing;
        Assert.Equal("NDC-1", (string)(await World.CreateCardAsync(Key))["card"]!);
        Assert.Equal(1, await World.Tasker.CardsAsync());
    }

    [Fact]
    public async Task What_a_replica_left_behind_when_it_died_is_settled_when_its_lease_is_over()
    {
        var request = await World.Flow.Ledger.RequestAsync("create_card", Key);
        Assert.IsType<Admission.Admitted>(await World.Flow.Services.GetRequiredService<CallLedger>().AdmitAsync(
            request with { TaskerKey = "key-that-tasker-never-saw" }, CancellationToken.None));
        await Task.WhenAll(World.Reconciler.RunOnceAsync(CancellationToken.None), World.Reconciler.RunOnceAsync(CancellationToken.None));
        Assert.Equal("dispatching", await World.StateAsync());

        await World.SettledAsync("released");

        Assert.Equal("key-that-tasker-never-saw", Assert.Single(World.Network.Asked.Distinct()));
    }

    [Fact]
    public async Task Replicas_that_reconcile_at_once_settle_each_write_once()
    {
        World.Network.Writes = Loss.Answer;
        foreach (var n in Enumerable.Range(0, 24))
        {
            await World.CreateCardAsync($"key-{n:D8}", $"title number {n} of many");
        }

        await World.LetLeaseEndAsync();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => World.Reconciler.RunOnceAsync(CancellationToken.None)));
        await Eventually.TrueAsync(async () => await World.ValueAsync<long>("SELECT count(*) FROM idempotency WHERE state <> 'succeeded'") == 0);

        Assert.Equal(24, await World.ReconciledAsync());
        Assert.Equal(24, World.Network.Asked.Count);
    }

    [Fact]
    public async Task Of_two_who_settle_the_first_wins_and_the_other_changes_nothing()
    {
        World.Network.Writes = Loss.Request;
        await World.CreateCardAsync(Key);
        World.Network.Writes = Loss.Nothing;
        var inBetween = "";

        // While one retry has Tasker's word in its hands, another takes it first, and its call is done.
        World.Network.BeforeNextResolution = async () => inBetween = (string)(await World.CreateCardAsync(Key))["card"]!;
        var slow = await World.CreateCardAsync(Key);

        Assert.Equal("NDC-1", inBetween);
        Assert.Equal("NDC-1", (string)slow["card"]!);
        Assert.True((bool)slow["replayed"]!);
        Assert.Equal(1, await World.Tasker.CardsAsync());
        Assert.Equal(1, await World.ReconciledAsync());
        Assert.Equal(2, await World.ValueAsync<int>("SELECT generation FROM idempotency"));
    }

    [Fact]
    public async Task Attempts_grow_rarer_up_to_five_minutes_and_more_than_fifteen_in_doubt_are_an_alarm()
    {
        World.Network.Writes = Loss.Answer;
        World.Network.Resolves = Loss.Request;
        await World.CreateCardAsync(Key);
        var pauses = new List<double>();
        for (var attempt = 0; attempt < 8; attempt++)
        {
            await World.LetLeaseEndAsync();
            await Eventually.TrueAsync(async () => await World.ValueAsync<int>("SELECT attempts FROM idempotency") > attempt);
            pauses.Add(await World.ValueAsync<double>(
                "SELECT extract(epoch FROM next_attempt_at - clock_timestamp())::float8 FROM idempotency"));
        }

        Assert.InRange(pauses[0], 2, 5);
        Assert.InRange(pauses[2], 16, 20);
        Assert.InRange(pauses[7], 296, 300);
        Assert.Contains("\"overdue_doubts\":0", await ReadyAsync(), StringComparison.Ordinal);

        await World.Flow.Ledger.ExecuteAsync("UPDATE idempotency SET lease_until = clock_timestamp() - interval '16 minutes'");
        await Eventually.TrueAsync(async () => (await ReadyAsync()).Contains("\"overdue_doubts\":1", StringComparison.Ordinal));
    }

    private Task<string> ReadyAsync() => World.Flow.Client.GetStringAsync("/readyz");
}
