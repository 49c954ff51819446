using System.Text;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Reconcile;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class DoubtfulKeyTests
{
    [Fact]
    public async Task A_key_in_doubt_is_admitted_to_nobody()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        await world.Ledger.SettleAsync(await AdmitAsync(world, request), LedgerWorld.Done() with { Kind = OutcomeKind.InDoubt });

        var payload = await world.RequestAsync(key: "key-00000001", arguments: """{"a":1}""");
        var other = await world.Ledger.AdmitAsync(payload, CancellationToken.None);
        var again = await world.Ledger.AdmitAsync(request, CancellationToken.None);

        Assert.IsType<Admission.KeyReused>(other);
        Assert.Equal(1, Assert.IsType<Admission.InDoubt>(again).Epoch);
        Assert.Equal(1, await world.EventsAsync("admitted"));
    }

    [Fact]
    public async Task An_attempt_whose_lease_ran_out_is_taken_over_when_it_was_fenced_and_can_change_nothing_when_it_comes_back()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        var zombie = await AdmitAsync(world, request);
        await world.ExecuteAsync("UPDATE idempotency SET lease_until = clock_timestamp() - interval '1 second'");

        var doubt = Assert.IsType<Admission.InDoubt>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
        var fence = LedgerWorld.Done() with { Kind = OutcomeKind.Released, Reason = Reasons.OperationFenced };
        Assert.True(await new DoubtTable(world.Database).SettleAsync(
            Doubt.Of(request with { TaskerKey = "key-of-tasker" }, "key-00000001", doubt), fence, fenced: true));
        var second = await AdmitAsync(world, request);
        Assert.Equal((2, 2), (second.Epoch, second.Generation));
        await world.Ledger.SettleAsync(zombie, LedgerWorld.Done("""{"from":"zombie"}"""));
        var between = await world.Ledger.AdmitAsync(request, CancellationToken.None);
        await world.Ledger.SettleAsync(second, LedgerWorld.Done("""{"from":"second"}"""));
        var after = await world.Ledger.AdmitAsync(request, CancellationToken.None);

        Assert.IsType<Admission.InProgress>(between);
        Assert.Equal("""{"from":"second"}""", Encoding.UTF8.GetString(Assert.IsType<Admission.Replay>(after).Outcome.Result));
        Assert.Equal("reconciled,overtaken", await world.ValueAsync<string>(
            $"SELECT string_agg(cause, ',' ORDER BY sequence) FROM audit_events WHERE kind = 'settled' AND admission_id = '{zombie.Id}'"));
    }

    [Theory]
    [InlineData(nameof(OutcomeKind.InDoubt))]
    [InlineData(nameof(OutcomeKind.Succeeded))]
    public async Task An_attempt_that_was_settled_by_asking_tasker_comes_back_too_late_to_end_a_second_time(string late)
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        var zombie = await AdmitAsync(world, request);
        await world.ExecuteAsync("UPDATE idempotency SET lease_until = clock_timestamp() - interval '1 second'");
        var doubt = Assert.IsType<Admission.InDoubt>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
        Assert.True(await new DoubtTable(world.Database).SettleAsync(
            Doubt.Of(request with { TaskerKey = "key-of-tasker" }, "key-00000001", doubt), LedgerWorld.Done(), fenced: false));

        await world.Ledger.SettleAsync(zombie, LedgerWorld.Done() with { Kind = Enum.Parse<OutcomeKind>(late) });

        Assert.Equal("reconciled,overtaken", await world.ValueAsync<string>(
            $"SELECT string_agg(cause, ',' ORDER BY sequence) FROM audit_events WHERE kind = 'settled' AND admission_id = '{zombie.Id}'"));
        Assert.IsType<Admission.Replay>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
    }

    private static async Task<Admission.Admitted> AdmitAsync(LedgerWorld world, AdmissionRequest request) =>
        Assert.IsType<Admission.Admitted>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
}
