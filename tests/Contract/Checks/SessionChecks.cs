using AgentGateway.Contract.Check;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Checks;

/// <summary>A work session is one comment under its own id, and one agent at a time works on a card.</summary>
internal static class SessionChecks
{
    public static readonly ContractCheck[] All =
    [
        new("session.one_comment", "A session is one comment from its beginning to its end", OneCommentAsync),
        new("session.by_id", "The id makes it idempotent: at once or again, there is one session and one comment", ByIdAsync),
        new("session.conflict", "While one agent works on a card, another's session is 409 session_conflict", ConflictAsync),
        new("session.others", "Nobody reports on a session of another agent or another card", OthersAsync),
        new("session.ended", "What has ended stays as it ended, and the card is free again", EndedAsync),
        new("session.shown", "The card and the project's list show the open session", ShownAsync),
    ];

    private static async Task OneCommentAsync(Rig rig)
    {
        var (agent, card, id) = (await rig.AgentAsync(), await rig.CardAsync(), Id());
        var begun = (await ReportAsync(agent, card, id)).Is(201);
        var told = (await ReportAsync(agent, card, id, new { status = "testing", progress_markdown = "It works." })).Is(200);
        var ended = (await ReportAsync(agent, card, id, new { status = "completed" })).Is(200);
        Expect.Same(begun.Text("session.comment_id"), told.Text("session.comment_id"), "session.comment_id");
        Expect.Same(begun.Text("session.comment_id"), ended.Text("session.comment_id"), "session.comment_id at the end");
        Expect.Same("completed", ended.Text("session.status"), "session.status");
        Expect.That(await agent.CommentsAsync(card) == 1, "There is not exactly one comment.");
    }

    private static async Task ByIdAsync(Rig rig)
    {
        var (agent, card, id) = (await rig.AgentAsync(), await rig.CardAsync(), Id());
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => ReportAsync(agent, card, id)));
        Expect.That(answers.Count(answer => answer.Status == 201) == 1, "Not exactly one report began the session.");
        Expect.That(answers.All(answer => answer.Status is 200 or 201), $"A report was refused: {answers.Max(answer => answer.Status)}.");
        Expect.That(await agent.CommentsAsync(card) == 1, "There is not exactly one comment.");
        await EndAsync(agent, card, id);
    }

    private static async Task ConflictAsync(Rig rig)
    {
        var (agent, other, card, id) = (await rig.AgentAsync(), await rig.OtherAsync(), await rig.CardAsync(), Id());
        (await ReportAsync(agent, card, id)).Is(201);
        (await ReportAsync(other, card, Id())).Refuses(409, "session_conflict");
        (await ReportAsync(other, card, Id(), new { takeover = true })).Refuses(409, "session_conflict");
        Expect.That(await agent.CommentsAsync(card) == 1, "The refused session left a comment.");
        await EndAsync(agent, card, id);
        var next = Id();
        (await ReportAsync(other, card, next)).Is(201);
        await EndAsync(other, card, next);
    }

    private static async Task OthersAsync(Rig rig)
    {
        var (agent, other, card, second, id) =
            (await rig.AgentAsync(), await rig.OtherAsync(), await rig.CardAsync(), await rig.CardAsync(), Id());
        (await ReportAsync(agent, card, id)).Is(201);
        (await ReportAsync(other, card, id, new { status = "abandoned" })).Refuses(409, "session_conflict");
        (await ReportAsync(agent, second, id)).Refuses(409, "session_conflict");
        Expect.Same("working", (await agent.GetAsync($"/cards/{card}")).Is(200).Text("work_session.status"), "work_session.status");
        await EndAsync(agent, card, id);
    }

    private static async Task EndedAsync(Rig rig)
    {
        var (agent, card, id) = (await rig.AgentAsync(), await rig.CardAsync(), Id());
        (await ReportAsync(agent, card, id)).Is(201);
        (await ReportAsync(agent, card, id, new { status = "partial" })).Is(200);
        var late = (await ReportAsync(agent, card, id, new { goal = "Something else" })).Is(200);
        Expect.Same("partial", late.Text("session.status"), "session.status");
        Expect.Same("Check the contract", late.Text("session.goal"), "session.goal");
        Expect.That((await agent.GetAsync($"/cards/{card}")).Is(200).At("work_session") is null, "The card still shows the session.");
    }

    private static async Task ShownAsync(Rig rig)
    {
        var (agent, card, id) = (await rig.AgentAsync(), await rig.CardAsync(), Id());
        (await ReportAsync(agent, card, id)).Is(201);
        Expect.Same(id, (await agent.GetAsync($"/cards/{card}")).Is(200).Text("work_session.id"), "work_session.id");
        var open = (await agent.GetAsync($"/projects/{await rig.ProjectAsync()}/work-sessions?limit=100")).Is(200);
        Expect.That(open.Body.Contains(id, StringComparison.Ordinal), "The project's list does not show the session.");
        await EndAsync(agent, card, id);
    }

    private static Task<Answer> ReportAsync(AdapterClient agent, string card, string id, object? more = null) => agent.PutAsync(
        $"/cards/{card}/work-sessions/{id}", AdapterClient.Merge(new { status = "working", goal = "Check the contract" }, more));

    private static async Task EndAsync(AdapterClient agent, string card, string id) =>
        (await ReportAsync(agent, card, id, new { status = "completed" })).Is(200);

    private static string Id() => "check-" + Rig.NewKey();
}
