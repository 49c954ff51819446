using System.Globalization;
using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Checks;

/// <summary>A request that arrives later than the gateway waits does nothing.</summary>
internal static class DeadlineChecks
{
    private const string Past = "2020-01-01T00:00:00Z";

    public static readonly ContractCheck[] All =
    [
        new("deadline.passed", "After X-NodeDC-Not-After a call is 409 not_after_passed and writes nothing", PassedAsync),
        new("deadline.ahead", "Before X-NodeDC-Not-After a call is served", AheadAsync),
        new("deadline.form", "A malformed X-NodeDC-Not-After is 400", FormAsync),
    ];

    private static async Task PassedAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        var late = agent with { NotAfter = Past };
        var key = Rig.NewKey();
        (await late.CommentAsync(card, "too late", key)).Refuses(409, "not_after_passed");
        (await late.GetAsync($"/cards/{card}")).Refuses(409, "not_after_passed");
        Expect.That(await agent.CommentsAsync(card) == 0, "The comment was written.");
        // The late request must not have kept the key: what the gateway sends again in time is the first.
        (await agent.CommentAsync(card, "too late", key)).Is(201);
    }

    private static async Task AheadAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        var soon = TimeProvider.System.GetUtcNow().AddMinutes(10).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        (await (agent with { NotAfter = soon }).CommentAsync(card, "in time")).Is(201);
    }

    private static async Task FormAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        foreach (var text in (string[])["soon", "2999-01-01T00:00:00"])
        {
            (await (agent with { NotAfter = text }).GetAsync($"/cards/{card}")).Refuses(400, "validation_failed");
        }
    }
}
