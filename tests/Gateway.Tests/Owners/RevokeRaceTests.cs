using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Owners;

/// <summary>Workers of another replica admit without pause while an owner or the Launcher takes the authority away.</summary>
public sealed class RevokeRaceTests
{
    private const int Workers = 16;
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

        var (before, after) = await RaceAsync(world, what, Trials, async authority => await world.Ledger.Ledger.AdmitAsync(
            LedgerWorld.Request(authority, "list_cards"), CancellationToken.None) is Admission.Admitted);

        Assert.True(before > 0, "The race never admitted anything, so it proves nothing.");
        Assert.Equal(0, after);
    }

    [Theory]
    [InlineData("agent")]
    [InlineData("owner")]
    public async Task The_same_race_catches_a_ledger_that_checks_first_and_inserts_then(string what)
    {
        await using var world = await OwnersWorld.StartAsync();

        var (_, after) = await RaceAsync(world, what, trials: 40, authority => CheckThenInsert.AdmitAsync(world.Ledger, authority));

        Assert.True(after > 0, "The harness did not notice admissions after the call.");
    }

    private static async Task<(long Before, long After)> RaceAsync(OwnersWorld world, string what, int trials, TryAdmit admit)
    {
        long before = 0, after = 0;
        for (var trial = 0; trial < trials && after == 0; trial++)
        {
            var (agent, token) = await CreateAsync(world.Ledger, $"u-race-{trial}");
            using var stop = new CancellationTokenSource();
            var workers = Enumerable.Range(0, Workers)
                .Select(_ => Task.Run(() => WorkAsync(world.Ledger, token.Token, admit, stop.Token))).ToArray();
            await Task.Delay(40);

            var answer = await TakeAwayAsync(world, what, agent, token);
            Assert.True(answer.Status == 200, answer.Body);
            var counted = await AdmittedAsync(world.Ledger, agent.Id);
            await Task.Delay(40);
            await stop.CancelAsync();
            await Task.WhenAll(workers);

            before += counted;
            after += await AdmittedAsync(world.Ledger, agent.Id) - counted;
        }

        return (before, after);
    }

    // As a call does it: an authority that is out of date is read again, and decided on again.
    private static async Task WorkAsync(LedgerWorld world, string token, TryAdmit admit, CancellationToken stop)
    {
        var known = await world.Authenticator.AuthenticateAsync($"Bearer {token}", CancellationToken.None);
        while (!stop.IsCancellationRequested && known is Authentication.Known { Authority: { Grants.Count: > 0 } authority })
        {
            if (!await admit(authority))
            {
                known = await world.Authenticator.RefreshAsync(authority, CancellationToken.None);
            }
        }
    }

    private static Task<Answer> TakeAwayAsync(OwnersWorld world, string what, Agent agent, IssuedToken token)
    {
        var path = $"/owners/{agent.OwnerId}/agents/{agent.Id}";
        const string now = """{"drain_seconds":0}""";
        return what switch
        {
            "token" => world.AskAsync("POST", $"{path}/tokens/{token.Id}/revoke", now),
            "agent" => world.AskAsync("POST", $"{path}/revoke", now),
            "suspend" => world.AskAsync("POST", $"{path}/suspend", now),
            "grant" => world.AskAsync("POST", $"{path}/grants/NDC/revoke", now),
            "owner" => world.AskAsync(
                "PUT", $"/entitlements/nodedc/{agent.OwnerId}/codex_agents", OwnersWorld.Entitlement(1, blocked: true)),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    private static async Task<(Agent Agent, IssuedToken Token)> CreateAsync(LedgerWorld world, string owner)
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
        return (agent, token!);
    }

    private static Task<long> AdmittedAsync(LedgerWorld world, string agent) =>
        world.ValueAsync<long>($"SELECT count(*) FROM audit_events WHERE kind = 'admitted' AND agent_id = '{agent}'");
}
