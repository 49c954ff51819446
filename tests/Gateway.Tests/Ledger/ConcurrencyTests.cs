using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Ledger;

public sealed class ConcurrencyTests
{
    private const int Trials = 12;

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
        for (var trial = 0; trial < Trials; trial++)
        {
            var (token, authority) = await IssueAsync(world);

            var (before, after) = await Race(world, token).RunAsync(
                authority,
                async same =>
                {
                    await world.Ledger.AdmitAsync(LedgerWorld.Request(same, "list_cards"), CancellationToken.None);
                    return same;
                },
                () => RevokeAsync(world, token));

            Assert.True(before > 0, "The race never admitted anything, so it proves nothing.");
            Assert.Equal(0, after);
        }
    }

    [Fact]
    public async Task The_same_race_catches_a_ledger_that_checks_first_and_inserts_then()
    {
        await using var world = await LedgerWorld.CreateAsync();
        var (token, authority) = await IssueAsync(world);
        var race = Race(world, token);
        var planted = new CheckThenInsert(world, race);

        var (_, after) = await race.RunAsync(
            authority,
            async same =>
            {
                await planted.AdmitAsync(same);
                return same;
            },
            async () =>
            {
                await planted.Held;
                await RevokeAsync(world, token);
            });

        Assert.True(after > 0, "The harness did not notice admissions after the revoke.");
    }

    private static TakeawayRace Race(LedgerWorld world, Guid token) => new(() =>
        world.ValueAsync<long>($"SELECT count(*) FROM audit_events WHERE kind = 'admitted' AND token_id = '{token}'"));

    private static async Task<(Guid Token, Authority Authority)> IssueAsync(LedgerWorld world)
    {
        var token = await world.Book.IssueTokenAsync(world.Agent.Id, "trial", null, "test", CancellationToken.None);
        var known = await world.Authenticator.AuthenticateAsync($"Bearer {token!.Token}", CancellationToken.None);
        return (token.Id, Assert.IsType<Authentication.Known>(known).Authority);
    }

    private static async Task RevokeAsync(LedgerWorld world, Guid token) => Assert.NotNull(
        await world.Book.RevokeTokenAsync(world.Agent.Id, token, "test", null, TimeSpan.Zero, CancellationToken.None));
}
