using System.Diagnostics;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class FaultTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(3.5);

    [Fact]
    public async Task A_stopped_database_admits_nothing_and_leaves_no_row()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var world = await LedgerWorld.CreateOnAsync(cluster);
        var request = await world.RequestAsync(key: "key-00000001");
        var read = await world.RequestAsync("list_cards");

        await cluster.StopAsync(immediate: true);
        await ThrowsInTimeAsync(() => world.Ledger.AdmitAsync(request, CancellationToken.None));
        await ThrowsInTimeAsync(() => world.Ledger.AdmitAsync(read, CancellationToken.None));
        var refused = Assert.IsType<Authentication.Refused>(
            await world.Authenticator.RefreshAsync(request.Permit.Authority, CancellationToken.None));
        await cluster.StartAsync();

        Assert.Equal(Reasons.LedgerUnavailable, refused.Reason);
        Assert.Equal(0, await world.EventsAsync("admitted"));
        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM idempotency"));
    }

    [Fact]
    public async Task A_database_that_comes_back_serves_again()
    {
        await using var cluster = await PostgresCluster.StartNewAsync();
        await using var world = await LedgerWorld.CreateOnAsync(cluster);
        var request = await world.RequestAsync(key: "key-00000001");
        var admitted = Assert.IsType<Admission.Admitted>(await world.Ledger.AdmitAsync(request, CancellationToken.None));

        await cluster.StopAsync(immediate: true);
        await ThrowsInTimeAsync(() => world.Ledger.SettleAsync(admitted, LedgerWorld.Done()));
        await cluster.StartAsync();

        Assert.IsType<Admission.InProgress>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
        await world.Ledger.SettleAsync(admitted, LedgerWorld.Done());
        Assert.IsType<Admission.Replay>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
    }

    [Fact]
    public async Task A_frozen_database_is_given_up_in_time()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await LedgerWorld.CreateOnAsync(cluster);
        var request = await world.RequestAsync(key: "key-00000001");
        var refusal = new Refusal { Reason = Reasons.Unauthenticated, Origin = LedgerWorld.Origin(), ManifestDigest = "d" };

        cluster.Pause();
        try
        {
            await ThrowsInTimeAsync(() => world.Ledger.AdmitAsync(request, CancellationToken.None));
            var started = Stopwatch.GetTimestamp();
            await world.Ledger.RefuseAsync(refusal);
            Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, TimeSpan.FromSeconds(2.5));
            var authentication = await world.Authenticator.RefreshAsync(request.Permit.Authority, CancellationToken.None);
            Assert.Equal(Reasons.LedgerUnavailable, Assert.IsType<Authentication.Refused>(authentication).Reason);
        }
        finally
        {
            cluster.Resume();
        }
    }

    [Fact]
    public async Task A_lock_that_is_held_too_long_refuses_the_admission_and_leaves_no_row()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var request = await world.RequestAsync(key: "key-00000001");
        await using var holder = await world.Database.OpenConnectionAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var hold = holder.CreateCommand())
        {
            hold.CommandText = $"SELECT pg_advisory_xact_lock({LockKeys.Agent(world.Agent.Id)})";
            await hold.ExecuteNonQueryAsync();
        }

        await ThrowsInTimeAsync(() => world.Ledger.AdmitAsync(request, CancellationToken.None));
        await transaction.RollbackAsync();

        Assert.Equal(0, await world.ValueAsync<long>("SELECT count(*) FROM idempotency"));
        Assert.IsType<Admission.Admitted>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
    }

    private static async Task ThrowsInTimeAsync(Func<Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        await Assert.ThrowsAsync<LedgerUnavailableException>(act);
        Assert.InRange(Stopwatch.GetElapsedTime(started), TimeSpan.Zero, Promised);
    }
}
