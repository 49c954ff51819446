using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Checks;

/// <summary>An agent sees and changes the projects it was granted, and cannot tell others from none.</summary>
internal static class GrantChecks
{
    private const string Code = "project_not_granted";

    public static readonly ContractCheck[] All =
    [
        new("grant.resolve", "Before there is a grant, a key resolves to its project; an unknown one is 403 project_not_granted", ResolveAsync),
        new("grant.owner", "An agent whose owner is no active member is 403 agent_suspended", OwnerAsync),
        new("grant.own", "A granted project answers, and its objects carry its project_id", OwnAsync),
        new("grant.header", "Without a well-formed X-NodeDC-Project a call is 400", HeaderAsync),
        new("grant.foreign_project", "Another project's context, cards, changes and sessions are 403 project_not_granted", ForeignProjectAsync),
        new("grant.foreign_card", "A card of another project is 403 project_not_granted to every read", ForeignCardAsync),
        new("grant.foreign_write", "A card of another project is 403 to every write, and stays as it was", ForeignWriteAsync),
        new("grant.no_oracle", "An ungranted project and one that does not exist answer the same", NoOracleAsync),
        new("grant.list", "Listing and searching show granted projects only", ListAsync),
    ];

    private static async Task ResolveAsync(Rig rig)
    {
        Expect.That(await rig.ProjectAsync() != await rig.SecondProjectAsync(), "Both keys resolve to one project.");
        (await rig.Nobody.GetAsync($"/workspaces/{rig.Options.Workspace}/projects/resolve?q=NOSUCHKEY1")).Refuses(403, Code);
    }

    private static async Task OwnerAsync(Rig rig)
    {
        var orphan = await rig.AgentAsync() with { AgentId = "check-orphan", Owner = Guid.CreateVersion7() };
        (await orphan.GetAsync($"/projects/{await rig.ProjectAsync()}/context")).Refuses(403, "agent_suspended");
        (await orphan.CommentAsync(await rig.CardAsync(), "must not be written")).Refuses(403, "agent_suspended");
    }

    private static async Task OwnAsync(Rig rig)
    {
        var (agent, project, card) = (await rig.AgentAsync(), await rig.ProjectAsync(), await rig.CardAsync());
        var paths = new[] { $"/projects/{project}/context", $"/cards/{card}", $"/cards/{card}/content" };
        foreach (var path in paths)
        {
            Expect.Same(project.ToString(), (await agent.GetAsync(path)).Is(200).Text("project_id"), $"{path}, project_id");
        }

        var comment = (await agent.CommentAsync(card, "one")).Is(201);
        Expect.Same(project.ToString(), comment.Text("project_id"), "the comment's receipt, project_id");
    }

    private static async Task HeaderAsync(Rig rig)
    {
        var (agent, project) = (await rig.AgentAsync(), await rig.ProjectAsync());
        foreach (var value in (string[])["", rig.Options.Project, "*", $"{project};{project}"])
        {
            (await agent.With("X-NodeDC-Project", value).GetAsync($"/projects/{project}/context")).Refuses(400, "validation_failed");
        }
    }

    private static async Task ForeignProjectAsync(Rig rig)
    {
        var (agent, second) = (await rig.AgentAsync(), await rig.SecondProjectAsync());
        foreach (var list in (string[])["context", "cards", "changes", "work-sessions"])
        {
            (await agent.GetAsync($"/projects/{second}/{list}")).Refuses(403, Code);
        }

        (await agent.PostAsync($"/projects/{second}/cards", new { title = rig.Title() })).Refuses(403, Code);
    }

    private static async Task ForeignCardAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.SecondCardAsync());
        foreach (var path in (string[])["", "/comments", "/content", "/activity", "?include=content,comments,activity,subcards"])
        {
            (await agent.GetAsync($"/cards/{card}{path}")).Refuses(403, Code);
        }
    }

    private static async Task ForeignWriteAsync(Rig rig)
    {
        var (agent, card, second) = (await rig.AgentAsync(), await rig.SecondCardAsync(), await rig.SecondAgentAsync());
        var before = (await second.GetAsync($"/cards/{card}")).Is(200).Text("rev");
        (await agent.CommentAsync(card, "must not be written")).Refuses(403, Code);
        (await agent.PatchAsync($"/cards/{card}", new { priority = "urgent" })).Refuses(403, Code);
        (await agent.OpsAsync(card, new { op = "append", markdown = "must not be written" })).Refuses(403, Code);
        (await agent.PostAsync($"/cards/{card}/links", new { url = "https://example.org/" })).Refuses(403, Code);
        (await agent.PutAsync($"/cards/{card}/work-sessions/{Rig.NewKey()}", new { status = "working", goal = "g" })).Refuses(403, Code);
        Expect.Same(before, (await second.GetAsync($"/cards/{card}")).Is(200).Text("rev"), "rev");
        Expect.That(await second.CommentsAsync(card) == 0, "The comment was written.");
    }

    private static async Task NoOracleAsync(Rig rig)
    {
        var (agent, second) = (await rig.AgentAsync(), await rig.SecondProjectAsync());
        var ungranted = (await agent.GetAsync($"/projects/{second}/context")).Refuses(403, Code);
        var missing = (await agent.GetAsync($"/projects/{Guid.CreateVersion7()}/context")).Refuses(403, Code);
        Expect.Same(ungranted.Body, missing.Body, "the refusal's body");
        var card = (await agent.GetAsync($"/cards/{await rig.SecondCardAsync()}")).Refuses(403, Code);
        var noCard = (await agent.GetAsync($"/cards/{rig.Options.SecondProject}-99999999")).Refuses(403, Code);
        Expect.Same(card.Body, noCard.Body, "the refusal's body of a card");
    }

    private static async Task ListAsync(Rig rig)
    {
        var (agent, second) = (await rig.AgentAsync(), await rig.SecondProjectAsync());
        var listed = (await agent.GetAsync($"/workspaces/{rig.Options.Workspace}/projects")).Is(200);
        Expect.Same(rig.Options.Project, string.Join(' ', listed.Items("projects").Select(project => $"{project["key"]}")), "projects");
        Expect.Same("1", listed.Text("total"), "total");
        (await agent.PostAsync("/cards/search", new { query = "Contract check", projects = new[] { second } })).Refuses(403, Code);
    }
}
