using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class ConcurrencyTests
{
    private const int Workers = 24;

    private delegate Task<bool> TryAdmit(Authority authority);

    [Fact]
    public async Task Of_64_calls_with_one_key_exactly_one_is_admitted()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ =>
            world.Ledger.AdmitAsync(LedgerWorld.Request(authority, key: "key-00000001"), CancellationToken.None)));

        Assert.Single(answers.OfType<Admission.Admitted>());
        Assert.Equal(63, answers.OfType<Admission.InProgress>().Count());
        Assert.Equal(1, await world.EventsAsync("admitted"));
    }

    [Fact]
    public async Task Of_32_calls_that_find_a_released_key_exactly_one_takes_it_over()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var authority = await world.AuthorityAsync();
        var request = LedgerWorld.Request(authority, key: "key-00000001");
        var first = Assert.IsType<Admission.Admitted>(await world.Ledger.AdmitAsync(request, CancellationToken.None));
        await world.Ledger.SettleAsync(first, LedgerWorld.Done() with { Kind = OutcomeKind.Released });

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 32).Select(_ => world.Ledger.AdmitAsync(request, CancellationToken.None)));

        Assert.Equal(2, Assert.Single(answers.OfType<Admission.Admitted>()).Epoch);
        Assert.Equal(31, answers.OfType<Admission.InProgress>().Count());
    }

    [Fact]
    public async Task Nothing_is_admitted_after_a_revoke_has_returned()
    {
        await using var world = await LedgerWorld.CreateAsync();

        var (before, after) = await RaceAsync(world, trials: 12, async authority =>
            await world.Ledger.AdmitAsync(
                LedgerWorld.Request(authority, "list_cards"), CancellationToken.None) is Admission.Admitted);

        Assert.True(before > 0, "The race never admitted anything, so it proves nothing.");
        Assert.Equal(0, after);
    }

    [Fact]
    public async Task The_same_race_catches_a_ledger_that_checks_first_and_inserts_then()
    {
        await using var world = await LedgerWorld.CreateAsync();

        var (_, after) = await RaceAsync(world, trials: 40, authority => CheckThenInsert.AdmitAsync(world, authority), stopAt: 1);

        Assert.True(after > 0, "The harness did not notice admissions after the revoke.");
    }

    // Workers admit without pause. A row that was not there when the revoke had returned, and is there later, was late.
    private static async Task<(long Before, long After)> RaceAsync(
        LedgerWorld world, int trials, TryAdmit admit, long stopAt = long.MaxValue)
    {
        long before = 0, after = 0;
        for (var trial = 0; trial < trials && after < stopAt; trial++)
        {
            var token = await world.Book.IssueTokenAsync(world.Agent.Id, "trial", null, "test", CancellationToken.None);
            var authority = Assert.IsType<Authentication.Known>(
                await world.Authenticator.AuthenticateAsync($"Bearer {token!.Token}", CancellationToken.None)).Authority;
            using var stop = new CancellationTokenSource();
            var workers = Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    await admit(authority);
                }
            })).ToArray();
            await Task.Delay(30);

            await world.Book.RevokeTokenAsync(world.Agent.Id, token.Id, "test", null, TimeSpan.Zero, CancellationToken.None);
            var counted = await AdmittedAsync(world, token.Id);
            await Task.Delay(30);
            await stop.CancelAsync();
            await Task.WhenAll(workers);

            before += counted;
            after += await AdmittedAsync(world, token.Id) - counted;
        }

        return (before, after);
    }

    private static Task<long> AdmittedAsync(LedgerWorld world, Guid token) =>
        world.ValueAsync<long>($"SELECT count(*) FROM audit_events WHERE kind = 'admitted' AND token_id = '{token}'");
}
