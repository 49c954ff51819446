using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Checks;

/// <summary>Nothing can be deleted or archived here, by any verb, path or member.</summary>
internal static class VerbChecks
{
    public static readonly ContractCheck[] All =
    [
        new("verbs.delete", "DELETE is refused everywhere (403, 404 or 405), and the card stays", DeleteAsync),
        new("verbs.archive", "There is no path that archives, deletes or restores", ArchiveAsync),
        new("verbs.members", "Members that archive, delete or move a card elsewhere are refused", MembersAsync),
        new("verbs.override", "No header or parameter makes another verb of a request", OverrideAsync),
    ];

    private static Task DeleteAsync(Rig rig) => StaysAsync(rig, async (agent, card) =>
    {
        foreach (var path in (string[])["", "/comments", "/content", "/content/ops", "/links", "/labels", "/assignees", "/activity"])
        {
            (await agent.SendAsync(HttpMethod.Delete, $"/cards/{card}{path}", null, Rig.NewKey())).Is(403, 404, 405);
        }

        (await agent.SendAsync(HttpMethod.Delete, $"/projects/{await rig.ProjectAsync()}", null, Rig.NewKey())).Is(403, 404, 405);
    });

    private static Task ArchiveAsync(Rig rig) => StaysAsync(rig, async (agent, card) =>
    {
        foreach (var word in (string[])["archive", "unarchive", "delete", "restore", "remove"])
        {
            (await agent.PostAsync($"/cards/{card}/{word}", new { })).Is(403, 404, 405);
            (await agent.PutAsync($"/cards/{card}/{word}", new { })).Is(403, 404, 405);
        }
    });

    private static Task MembersAsync(Rig rig) => StaysAsync(rig, async (agent, card) =>
    {
        var second = await rig.SecondProjectAsync();
        foreach (var body in (object[])
            [
                new { archived_at = "2020-01-01" }, new { deleted_at = "2020-01-01T00:00:00Z" }, new { is_draft = true },
                new { project = second }, new { project_id = second }, new { state = "x" }, new { description_html = "<p></p>" },
            ])
        {
            (await agent.PatchAsync($"/cards/{card}", body)).Is(403, 422);
        }
    });

    private static Task OverrideAsync(Rig rig) => StaysAsync(rig, async (agent, card) =>
    {
        foreach (var header in (string[])["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
        {
            Expect.That((await agent.With(header, "DELETE").GetAsync($"/cards/{card}")).Status != 204, $"{header} was followed.");
            (await agent.With(header, "DELETE").PostAsync($"/cards/{card}", new { })).Is(403, 404, 405);
        }

        (await agent.PostAsync($"/cards/{card}?_method=DELETE", new { })).Is(403, 404, 405);
    });

    private static async Task StaysAsync(Rig rig, Func<Wire.AdapterClient, string, Task> attempt)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync(new { content_markdown = "Stays." }));
        var before = (await agent.GetAsync($"/cards/{card}?include=content")).Is(200);
        await attempt(agent, card);
        var after = (await agent.GetAsync($"/cards/{card}?include=content")).Is(200);
        Expect.Same(before.Text("rev"), after.Text("rev"), "rev");
        Expect.Same(before.Text("content_rev"), after.Text("content_rev"), "content_rev");
    }
}
