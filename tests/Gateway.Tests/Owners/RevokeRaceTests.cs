using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Owners;

/// <summary>Workers of another replica admit without pause while an owner or the Launcher takes the authority away.</summary>
public sealed class RevokeRaceTests
{
    private const int Trials = 5;

    private delegate Task<bool> TryAdmit(Authority authority);

    [Theory]
    [InlineData("token")]
    [InlineData("agent")]
    [InlineData("suspend")]
    [InlineData("grant")]
    [InlineData("owner")]
    public async Task Nothing_is_admitted_after_the_call_has_returned(string what)
    {
        await using var world = await OwnersWorld.StartAsync();
        for (var trial = 0; trial < Trials; trial++)
        {
            var (agent, token, authority) = await CreateAsync(world.Ledger, $"u-race-{trial}");

            var (before, after) = await Race(world, agent).RunAsync(
                authority,
                last => AttemptAsync(world.Ledger, last, async now => await world.Ledger.Ledger.AdmitAsync(
                    LedgerWorld.Request(now, "list_cards"), CancellationToken.None) is Admission.Admitted),
                () => TakeAwayAsync(world, what, agent, token));

            Assert.True(before > 0, "The race never admitted anything, so it proves nothing.");
            Assert.Equal(0, after);
        }
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("owner")]
    public async Task The_same_race_catches_a_ledger_that_checks_first_and_inserts_then(string what)
    {
        await using var world = await OwnersWorld.StartAsync();
        var (agent, token, authority) = await CreateAsync(world.Ledger, "u-race");
        var race = Race(world, agent);
        var planted = new CheckThenInsert(world.Ledger, race);

        var (_, after) = await race.RunAsync(
            authority,
            last => AttemptAsync(world.Ledger, last, planted.AdmitAsync),
            async () =>
            {
                await planted.Held;
                await TakeAwayAsync(world, what, agent, token);
            });

        Assert.True(after > 0, "The harness did not notice admissions after the call.");
    }

    private static TakeawayRace Race(OwnersWorld world, Agent agent) => new(() => world.Ledger.ValueAsync<long>(
        $"SELECT count(*) FROM audit_events WHERE kind = 'admitted' AND agent_id = '{agent.Id}'"));

    // As a call does it: an authority that is out of date is read again, and decided on again.
    private static async Task<Authority?> AttemptAsync(LedgerWorld world, Authority authority, TryAdmit admit) =>
        await admit(authority)
            ? authority
            : await world.Authenticator.RefreshAsync(authority, CancellationToken.None)
                is Authentication.Known { Authority: { Grants.Count: > 0 } again } ? again : null;

    private static async Task TakeAwayAsync(OwnersWorld world, string what, Agent agent, IssuedToken token)
    {
        var path = $"/owners/{agent.OwnerId}/agents/{agent.Id}";
        const string now = """{"drain_seconds":0}""";
        var answer = await (what switch
        {
            "token" => world.AskAsync("POST", $"{path}/tokens/{token.Id}/revoke", now),
            "agent" => world.AskAsync("POST", $"{path}/revoke", now),
            "suspend" => world.AskAsync("POST", $"{path}/suspend", now),
            "grant" => world.AskAsync("POST", $"{path}/grants/NDC/revoke", now),
            "owner" => world.AskAsync(
                "PUT", $"/entitlements/nodedc/{agent.OwnerId}/codex_agents", OwnersWorld.Entitlement(1, blocked: true)),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        });
        Assert.True(answer.Status == 200, answer.Body);
    }

    private static async Task<(Agent Agent, IssuedToken Token, Authority Authority)> CreateAsync(LedgerWorld world, string owner)
    {
        var project = new ResolvedProject(LedgerWorld.Project, "NDC", "Gateway", []);
        var agent = await world.Book.CreateAsync(
            new NewAgent
            {
                Name = "racer",
                OwnerId = owner,
                OwnerName = owner,
                Workspace = "nodedc",
                Mode = AgentMode.Full,
                Grants = [new NewGrant(project, Bundles.ByName["observer"], "observer")],
            },
            "test",
            CancellationToken.None);
        var token = await world.Book.IssueTokenAsync(agent.Id, "racer", null, "test", CancellationToken.None);
        var known = await world.Authenticator.AuthenticateAsync($"Bearer {token!.Token}", CancellationToken.None);
        return (agent, token, Assert.IsType<Authentication.Known>(known).Authority);
    }
}
