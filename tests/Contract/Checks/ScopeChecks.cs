using AgentGateway.Contract.Check;
using AgentGateway.Contract.Wire;

namespace AgentGateway.Contract.Checks;

/// <summary>The adapter checks the gateway's decision once more: nothing without its scope.</summary>
internal static class ScopeChecks
{
    private static readonly string[] SomeLabel = ["x"];

    private static readonly string[] Myself = ["me"];

    public static readonly ContractCheck[] All =
    [
        new("scope.read", "Reading needs card:read, project:read, member:read; the refusal names the scope", ReadAsync),
        new("scope.create", "Creating needs card:create", CreateAsync),
        new("scope.write", "Each write needs its own scope, and a refused one writes nothing", WriteAsync),
        new("scope.content", "Appending, replacing and ticking need a scope each", ContentAsync),
        new("scope.close", "Moving to a completed state needs card:close beside card:move", CloseAsync),
    ];

    private static async Task ReadAsync(Rig rig)
    {
        var (agent, project, card) = (await rig.AgentAsync(), await rig.ProjectAsync(), await rig.CardAsync());
        Missing(await agent.Without("card:read").GetAsync($"/cards/{card}"), "card:read");
        Missing(await agent.Without("card:read").GetAsync($"/cards/{card}/comments"), "card:read");
        Missing(await agent.Without("card:read").GetAsync($"/projects/{project}/cards"), "card:read");
        Missing(await agent.Without("project:read").GetAsync($"/projects/{project}/context"), "project:read");
        Missing(await agent.Without("member:read").GetAsync($"/workspaces/{rig.Options.Workspace}/members"), "member:read");
    }

    private static async Task CreateAsync(Rig rig)
    {
        var (agent, project) = (await rig.AgentAsync(), await rig.ProjectAsync());
        Missing(await agent.Without("card:create").PostAsync($"/projects/{project}/cards", new { title = rig.Title() }), "card:create");
    }

    private static async Task WriteAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        var before = (await agent.GetAsync($"/cards/{card}")).Is(200).Text("rev");
        Missing(await agent.Without("card:comment").CommentAsync(card, "must not be written"), "card:comment");
        Missing(await agent.Without("card:update").PatchAsync($"/cards/{card}", new { priority = "high" }), "card:update");
        Missing(await agent.Without("card:label").PostAsync($"/cards/{card}/labels", new { add = SomeLabel }), "card:label");
        Missing(await agent.Without("card:assign").PostAsync($"/cards/{card}/assignees", new { add = Myself }), "card:assign");
        Missing(await agent.Without("card:link").PostAsync($"/cards/{card}/links", new { url = "https://example.org/" }), "card:link");
        var session = $"/cards/{card}/work-sessions/{Rig.NewKey()}";
        Missing(await agent.Without("session:report").PutAsync(session, new { status = "working", goal = "g" }), "session:report");
        Expect.Same(before, (await agent.GetAsync($"/cards/{card}")).Is(200).Text("rev"), "rev");
        Expect.That(await agent.CommentsAsync(card) == 0, "A comment was written.");
    }

    private static async Task ContentAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync(new { content_markdown = "Text\n\n- [ ] item" }));
        var blocks = (await agent.GetAsync($"/cards/{card}/content")).Is(200).Items("blocks");
        Missing(await agent.Without("card:content:append").OpsAsync(card, new { op = "append", markdown = "x" }), "card:content:append");
        Missing(
            await agent.Without("card:content:replace").OpsAsync(
                card, new { op = "replace_text", block_id = $"{blocks[0]["id"]}", block_rev = $"{blocks[0]["rev"]}", markdown = "x" }),
            "card:content:replace");
        Missing(
            await agent.Without("card:content:check").OpsAsync(
                card, new { op = "set_checked", block_id = $"{blocks[^1]["id"]}", @checked = true }),
            "card:content:check");
    }

    private static async Task CloseAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        var done = await rig.StateAsync("completed") ?? throw new BrokenPromiseException("The project has no completed state.");
        var before = (await agent.GetAsync($"/cards/{card}")).Is(200).Text("state");
        Missing(await agent.Without("card:close").PostAsync($"/cards/{card}/move", new { to_state = done }), "card:close");
        Missing(await agent.Without("card:move").PostAsync($"/cards/{card}/move", new { to_state = done }), "card:move");
        Expect.Same(before, (await agent.GetAsync($"/cards/{card}")).Is(200).Text("state"), "state");
    }

    private static void Missing(Answer answer, string scope)
    {
        answer.Refuses(403, "scope_missing");
        Expect.Same(scope, answer.Text("errors.0.value"), $"{answer.Call}, errors.0.value");
    }
}
