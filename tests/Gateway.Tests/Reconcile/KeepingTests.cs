using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Reconcile;
using AgentGateway.Gateway.Tests.Ledger;
using Microsoft.Extensions.Logging.Abstractions;

namespace AgentGateway.Gateway.Tests.Reconcile;

/// <summary>How long outcomes and keys are kept, and what becomes of reads that nobody settled.</summary>
public sealed class KeepingTests
{
    private static readonly OutcomeTerms Terms = new(TimeSpan.FromDays(30), TimeSpan.FromDays(90));

    [Fact]
    public async Task Outcomes_are_kept_for_thirty_days_keys_for_ninety_and_an_old_key_is_refused_in_between()
    {
        await using var world = await LedgerWorld.CreateAsync();
        foreach (var key in (string[])["key-of-today", "key-30-days0", "key-90-days0"])
        {
            var admitted = (Admission.Admitted)await world.Ledger.AdmitAsync(await world.RequestAsync(key: key), CancellationToken.None);
            await world.Ledger.SettleAsync(admitted, LedgerWorld.Done());
            await world.ExecuteAsync(key switch
            {
                "key-30-days0" => "UPDATE idempotency SET created_at = now() - interval '30 days 1 hour' WHERE admission_id = '" + admitted.Id + "'",
                "key-90-days0" => "UPDATE idempotency SET created_at = now() - interval '90 days 1 hour' WHERE admission_id = '" + admitted.Id + "'",
                _ => "UPDATE idempotency SET created_at = now() - interval '29 days 23 hours'",
            });
        }

        await world.ExecuteAsync(
            """
            INSERT INTO idempotency (agent_id, key_digest, fingerprint, tool, state, epoch, admission_id, lease_until, result, created_at)
            SELECT 'ag_manyold01', sha256(n::text::bytea), sha256(''), 'create_card', 'succeeded', 1, gen_random_uuid(), now(), '{}',
                   now() - interval '31 days'
            FROM generate_series(1, 1300) AS n
            """);
        using var keeping = new OldOutcomes(world.Database, Terms, TimeProvider.System, NullLogger<OldOutcomes>.Instance);
        await Task.WhenAll(keeping.SweepAsync(CancellationToken.None), keeping.SweepAsync(CancellationToken.None));

        Assert.IsType<Admission.Replay>(await AgainAsync("key-of-today"));
        Assert.IsType<Admission.KeyExpired>(await AgainAsync("key-30-days0"));
        Assert.IsType<Admission.KeyExpired>(await AgainAsync("key-30-days0", """{"another":1}"""));
        Assert.IsType<Admission.Admitted>(await AgainAsync("key-90-days0"));
        Assert.Equal(1301, await world.ValueAsync<long>("SELECT count(*) FROM idempotency WHERE tombstoned_at IS NOT NULL AND result IS NULL"));

        async Task<Admission> AgainAsync(string key, string arguments = "{}") =>
            await world.Ledger.AdmitAsync(await world.RequestAsync(key: key, arguments: arguments), CancellationToken.None);
    }

    [Fact]
    public async Task An_agent_hears_that_its_key_is_too_old()
    {
        await using var world = await ReconcileWorld.StartAsync();
        await world.CreateCardAsync("key-00000001");
        await world.Flow.Ledger.ExecuteAsync("UPDATE idempotency SET created_at = now() - interval '31 days'");
        using var keeping = new OldOutcomes(world.Flow.Ledger.Database, Terms, TimeProvider.System, NullLogger<OldOutcomes>.Instance);
        await keeping.SweepAsync(CancellationToken.None);

        Assert.Equal("key_expired", (string)(await world.CreateCardAsync("key-00000001"))["code"]!);
        Assert.Equal(1, await world.Tasker.CardsAsync());
    }

    [Fact]
    public async Task A_read_that_nobody_settled_is_settled_as_unknown_once()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var lost = (Admission.Admitted)await world.Ledger.AdmitAsync(await world.RequestAsync("list_cards"), CancellationToken.None);
        var settled = (Admission.Admitted)await world.Ledger.AdmitAsync(await world.RequestAsync("list_cards"), CancellationToken.None);
        await world.Ledger.SettleAsync(settled, LedgerWorld.Done());
        await world.Trailing.FlushAsync(CancellationToken.None);
        await world.Ledger.AdmitAsync(await world.RequestAsync(key: "key-00000001"), CancellationToken.None);
        using var reads = new UnsettledReads(world.Database, TimeProvider.System, NullLogger<UnsettledReads>.Instance);

        await reads.SweepAsync(CancellationToken.None);
        Assert.Equal(1, await world.EventsAsync("settled"));

        // The clock of the events cannot be turned; the sweep's mark and margin can.
        await world.ExecuteAsync("UPDATE sweeps SET until = now() - interval '10 minutes'");
        using var eager = new UnsettledReads(world.Database, TimeProvider.System, NullLogger<UnsettledReads>.Instance) { Margin = TimeSpan.Zero };
        async Task SweepAllAsync()
        {
            while (await eager.SweepAsync(CancellationToken.None))
            {
            }
        }

        await Task.WhenAll(SweepAllAsync(), SweepAllAsync());
        await SweepAllAsync();

        Assert.Equal(2, await world.EventsAsync("settled"));
        Assert.Equal(lost.Id, await world.ValueAsync<Guid>("SELECT admission_id FROM audit_events WHERE decision = 'unknown'"));
        Assert.Equal(lost.Request.Origin.RequestId, await world.ValueAsync<Guid>("SELECT request_id FROM audit_events WHERE cause = 'swept'"));
    }
}
