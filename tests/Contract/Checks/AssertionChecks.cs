using AgentGateway.Contract.Check;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Checks;

/// <summary>With a key configured, the headers count only under the gateway's signature.</summary>
internal static class AssertionChecks
{
    public static readonly ContractCheck[] All =
    [
        new("assertion.missing", "A call without the signed assertion is 401", MissingAsync),
        new("assertion.forged", "An assertion under another key is 401", ForgedAsync),
        new("assertion.widened", "Headers that say more than the assertion are 401", WidenedAsync),
    ];

    private static async Task MissingAsync(Rig rig) => await RefusedAsync(rig, agent => agent.With("X-NodeDC-Assertion", ""));

    private static async Task ForgedAsync(Rig rig) =>
        await RefusedAsync(rig, agent => agent with { Assertion = CallAssertion.Sign(agent, rig.Options.AssertionKey + "x", agent.Scopes) });

    private static async Task WidenedAsync(Rig rig)
    {
        var second = await rig.SecondProjectAsync();
        await RefusedAsync(rig, agent => agent with { Assertion = CallAssertion.Sign(agent, rig.Options.AssertionKey!, "card:read") });
        await RefusedAsync(rig, agent => agent with { AgentId = "check-nobody", Assertion = CallAssertion.Sign(agent) });
        await RefusedAsync(rig, agent => agent with { Projects = $"{agent.Projects},{second:D}", Assertion = CallAssertion.Sign(agent) });
    }

    private static async Task RefusedAsync(Rig rig, Func<AdapterClient, AdapterClient> depart)
    {
        var agent = await rig.AgentAsync();
        var card = await rig.CardAsync();
        (await depart(agent).GetAsync($"/cards/{card}")).Refuses(401, "unauthenticated");
        (await depart(agent).CommentAsync(card, "must not be written")).Refuses(401, "unauthenticated");
        Expect.That(await agent.CommentsAsync(card) == 0, "The comment was written.");
    }
}
