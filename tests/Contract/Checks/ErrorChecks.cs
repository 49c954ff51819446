using AgentGateway.Contract.Check;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Checks;

/// <summary>Refusals are problem documents with a stable code; bodies are read strictly.</summary>
internal static class ErrorChecks
{
    private static readonly string[] Members =
    [
        "type", "title", "status", "detail", "code", "retryable", "hint", "errors", "current_rev", "retry_after_s", "current", "trace_id",
    ];

    public static readonly ContractCheck[] All =
    [
        new("error.shape", "A refusal is application/problem+json: type, title, status, code, retryable, trace_id", ShapeAsync),
        new("error.trace", "A refusal's trace_id is the call's X-Request-Id", TraceAsync),
        new("error.not_found", "A card that is not there is 404 card_not_found", NotFoundAsync),
        new("error.names", "Unknown names are 422 with a code, a pointer and the value", NamesAsync),
        new("error.body", "Malformed, doubled and unknown members, wrong types and other media types are refused", BodyAsync),
        new("error.headers", "Malformed caller headers are 400 and named", HeadersAsync),
        new("error.secret", "Credentials never get into a card: 422 content_rejected, and not echoed", SecretAsync),
    ];

    private static async Task ShapeAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        Answer[] refusals =
        [
            await (agent with { Token = null }).GetAsync("/me"),
            await agent.GetAsync($"/projects/{await rig.SecondProjectAsync()}/context"),
            await agent.GetAsync($"/cards/{rig.Options.Project}-99999999"),
            await agent.Without("card:comment").CommentAsync(card, "x"),
            await agent.CommentAsync(card, ""),
            await (agent with { NotAfter = "2020-01-01T00:00:00Z" }).GetAsync($"/cards/{card}"),
        ];
        foreach (var refusal in refusals)
        {
            Expect.Same("application/problem+json", refusal.Type ?? "(nothing)", $"{refusal.Call}, content type");
            Expect.Same($"urn:nodedc:problem:{refusal.Text("code")}", refusal.Text("type"), $"{refusal.Call}, type");
            Expect.Same($"{refusal.Status}", refusal.Text("status"), $"{refusal.Call}, status");
            Expect.That(refusal.Text("retryable") is "true" or "false", $"{refusal.Call}: retryable is {refusal.Text("retryable")}.");
            Expect.That(refusal.At("title") is not null && refusal.At("trace_id") is not null, $"{refusal.Call}: title or trace_id is missing.");
            var unknown = refusal.Json?.AsObject().Select(member => member.Key).Except(Members).ToList() ?? [];
            Expect.That(unknown is [], $"{refusal.Call} has {string.Join(", ", unknown)}.");
        }
    }

    private static async Task TraceAsync(Rig rig)
    {
        var trace = "trace." + Rig.NewKey();
        var refused = await (await rig.AgentAsync() with { Trace = trace }).GetAsync($"/cards/{rig.Options.Project}-99999999");
        Expect.Same(trace, refused.Text("trace_id"), "trace_id");
    }

    private static async Task NotFoundAsync(Rig rig) =>
        (await (await rig.AgentAsync()).GetAsync($"/cards/{rig.Options.Project}-99999999")).Refuses(404, "card_not_found");

    private static async Task NamesAsync(Rig rig)
    {
        const string Nowhere = "No such name 1";
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        Points(await agent.PostAsync($"/cards/{card}/labels", new { add = new[] { Nowhere } }), "unknown_label", "/add/0");
        Points(await agent.PostAsync($"/cards/{card}/move", new { to_state = Nowhere }), "unknown_state", "/to_state");
        Points(await agent.PostAsync($"/cards/{card}/assignees", new { add = new[] { Nowhere } }), "unknown_member", "/add/0");

        static void Points(Answer answer, string code, string pointer)
        {
            answer.Refuses(422, code);
            Expect.Same(pointer, answer.Text("errors.0.pointer"), $"{answer.Call}, errors.0.pointer");
            Expect.Same(Nowhere, answer.Text("errors.0.value"), $"{answer.Call}, errors.0.value");
        }
    }

    private static async Task BodyAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        var path = $"/cards/{card}/comments";
        (string Body, int[] Status)[] bodies =
        [
            ("""{"body_markdown":"a","body_markdown":"b"}""", [400]), ("""{"body_markdown":"a" """, [400]), ("""["a"]""", [400]),
            ("""{"body_markdown":"a","colour":"red"}""", [422]), ("""{"body_markdown":1}""", [422]), ("{}", [422]), ("", [400]),
        ];
        foreach (var (body, status) in bodies)
        {
            (await agent.SendAsync(HttpMethod.Post, path, AdapterClient.Raw(body), Rig.NewKey())).Is(status);
        }

        (await agent.SendAsync(HttpMethod.Post, path, AdapterClient.Raw("a", "text/plain"), Rig.NewKey())).Refuses(415, "unsupported_media_type");
        Expect.That(await agent.CommentsAsync(card) == 0, "A refused body was written.");
    }

    private static async Task HeadersAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        foreach (var (header, value) in (IEnumerable<(string, string)>)
            [
                ("X-NodeDC-Agent-Id", "a b"), ("X-NodeDC-Agent-Id", ""), ("X-NodeDC-Agent-Owner", "anna"), ("X-NodeDC-Agent-Name", "%FF%FE"),
                ("X-NodeDC-Workspace", "../w"), ("X-NodeDC-Scope", "Card:Read!"),
            ])
        {
            var refused = (await agent.With(header, value).GetAsync($"/cards/{card}")).Refuses(400, "validation_failed");
            Expect.That(refused.Text("detail").Contains(header, StringComparison.Ordinal), $"The refusal does not name {header}.");
        }
    }

    private static async Task SecretAsync(Rig rig)
    {
        // Put together here, so that no file holds the form of a credential.
        var secret = "ghp" + "_" + new string('k', 20) + "0123456789abcdef";
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        var refused = (await agent.CommentAsync(card, $"use {secret}")).Refuses(422, "content_rejected");
        Expect.That(!refused.Body.Contains(secret, StringComparison.Ordinal), "The refusal repeats the credential.");
    }
}
