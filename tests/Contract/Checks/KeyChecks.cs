using AgentGateway.Contract.Check;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Checks;

/// <summary>One effect per agent and key, and a way to settle a key whose answer was lost.</summary>
internal static class KeyChecks
{
    private static readonly string[] NoLabel = ["no such label 1"];

    private const int AtOnce = 6;

    public static readonly ContractCheck[] All =
    [
        new("key.missing", "A write without Idempotency-Key is 400 idempotency_key_missing", MissingAsync),
        new("key.repeat", "A repeated key answers the stored bytes, says so, and does nothing", RepeatAsync),
        new("key.create", "A repeated key creates no second card", CreateAsync),
        new("key.other_payload", "Another payload under a used key is 422 idempotency_key_reused", OtherPayloadAsync),
        new("key.other_route", "Another card under a used key is 422 idempotency_key_reused", OtherRouteAsync),
        new("key.per_agent", "Keys are each agent's own", PerAgentAsync),
        new("key.parallel", "Of one key sent many times at once, one takes effect", ParallelAsync),
        new("key.refused", "A refused write leaves its key free", RefusedAsync),
        new("resolve.done", "Resolving a used key answers what was stored for it", DoneAsync),
        new("resolve.fenced", "Resolving an unknown key fences it: what comes later is 409 operation_fenced", FencedAsync),
    ];

    private static async Task MissingAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        (await agent.SendAsync(HttpMethod.Post, $"/cards/{card}/comments", AdapterClient.Raw("""{"body_markdown":"a"}"""), null))
            .Refuses(400, "idempotency_key_missing");
        (await agent.CommentAsync(card, "a", "short")).Is(400);
    }

    private static async Task RepeatAsync(Rig rig)
    {
        var (agent, card, key) = (await rig.AgentAsync(), await rig.CardAsync(), Rig.NewKey());
        var first = (await agent.CommentAsync(card, "once", key)).Is(201);
        var second = (await agent.CommentAsync(card, "once", key)).Is(201);
        Expect.Same(first.Body, second.Body, "the stored answer");
        Expect.That(!first.Headers.ContainsKey("Idempotency-Replayed"), "The first answer says Idempotency-Replayed.");
        Expect.Same("true", second.Headers.GetValueOrDefault("Idempotency-Replayed", "(nothing)"), "Idempotency-Replayed");
        Expect.That(await agent.CommentsAsync(card) == 1, "The comment was written twice.");
    }

    private static async Task CreateAsync(Rig rig)
    {
        var (agent, path, key) = (await rig.AgentAsync(), $"/projects/{await rig.ProjectAsync()}/cards", Rig.NewKey());
        var body = new { title = rig.Title(), allow_duplicate = true };
        var card = rig.Note(await agent.PostAsync(path, body, key));
        Expect.Same(card, (await agent.PostAsync(path, body, key)).Is(201).Text("card"), "card");
    }

    private static async Task OtherPayloadAsync(Rig rig)
    {
        var (agent, card, key) = (await rig.AgentAsync(), await rig.CardAsync(), Rig.NewKey());
        (await agent.CommentAsync(card, "one", key)).Is(201);
        (await agent.CommentAsync(card, "two", key)).Refuses(422, "idempotency_key_reused");
        Expect.That(await agent.CommentsAsync(card) == 1, "The second payload was written.");
    }

    private static async Task OtherRouteAsync(Rig rig)
    {
        var (agent, card, other, key) = (await rig.AgentAsync(), await rig.CardAsync(), await rig.CardAsync(), Rig.NewKey());
        (await agent.CommentAsync(card, "one", key)).Is(201);
        (await agent.CommentAsync(other, "one", key)).Refuses(422, "idempotency_key_reused");
        Expect.That(await agent.CommentsAsync(other) == 0, "The other card was written to.");
    }

    private static async Task PerAgentAsync(Rig rig)
    {
        var (agent, other, card, key) = (await rig.AgentAsync(), await rig.OtherAsync(), await rig.CardAsync(), Rig.NewKey());
        (await agent.CommentAsync(card, "mine", key)).Is(201);
        (await other.CommentAsync(card, "theirs", key)).Is(201);
        Expect.That(await agent.CommentsAsync(card) == 2, "Two agents share a key.");
    }

    private static async Task ParallelAsync(Rig rig)
    {
        var (agent, card, key) = (await rig.AgentAsync(), await rig.CardAsync(), Rig.NewKey());
        var answers = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => agent.CommentAsync(card, "once", key)));
        foreach (var answer in answers.Where(answer => !answer.Succeeded))
        {
            answer.Refuses(409, "idempotency_in_progress");
        }

        var bodies = answers.Where(answer => answer.Succeeded).Select(answer => answer.Body).Distinct().Count();
        Expect.That(bodies == 1, $"There are {bodies} answers.");
        Expect.That(await agent.CommentsAsync(card) == 1, "There is not exactly one comment.");
    }

    private static async Task RefusedAsync(Rig rig)
    {
        var (agent, card, key) = (await rig.AgentAsync(), await rig.CardAsync(), Rig.NewKey());
        (await agent.PostAsync($"/cards/{card}/labels", new { add = NoLabel }, key)).Refuses(422, "unknown_label");
        (await agent.CommentAsync(card, "after all", key)).Is(201);
    }

    private static async Task DoneAsync(Rig rig)
    {
        var (agent, card, key) = (await rig.AgentAsync(), await rig.CardAsync(), Rig.NewKey());
        var written = (await agent.CommentAsync(card, "one", key)).Is(201);
        // The gateway asks without a grant: what the key did may have lost it since.
        var resolved = (await (agent with { Projects = null }).ResolveAsync(key)).Is(200);
        Expect.Same("done", resolved.Text("state"), "state");
        Expect.Same("201", resolved.Text("status"), "status");
        Expect.Same(written.Json?.ToJsonString() ?? "", resolved.Text("body"), "body");
    }

    private static async Task FencedAsync(Rig rig)
    {
        var (agent, card, key) = (await rig.AgentAsync(), await rig.CardAsync(), Rig.NewKey());
        Expect.Same("fenced", (await agent.ResolveAsync(key)).Is(200).Text("state"), "state");
        Expect.Same("fenced", (await agent.ResolveAsync(key)).Is(200).Text("state"), "state, asked again");
        (await agent.CommentAsync(card, "too late", key)).Refuses(409, "operation_fenced");
        Expect.That(await agent.CommentsAsync(card) == 0, "The fenced key took effect.");
    }
}
