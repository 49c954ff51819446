using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Checks;

/// <summary>Long lists come in pages that show everything once.</summary>
internal static class PageChecks
{
    public static readonly ContractCheck[] All =
    [
        new("page.comments", "The pages of a list show each of its elements once, and the last has no next_cursor", CommentsAsync),
        new("page.limit", "A page has at most limit elements; a limit outside 1 to 100 is refused", LimitAsync),
        new("page.cards", "The cards of a project come in pages that do not repeat each other", CardsAsync),
        new("page.content", "Content goes on after next_block", ContentAsync),
        new("page.cursor", "A cursor that was not handed out is refused", CursorAsync),
    ];

    private static async Task CommentsAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync());
        for (var i = 1; i <= 5; i++)
        {
            (await agent.CommentAsync(card, $"number {i}")).Is(201);
        }

        var seen = new List<string>();
        var query = "";
        for (var page = 0; page < 3; page++)
        {
            var answer = (await agent.GetAsync($"/cards/{card}/comments?limit=2{query}")).Is(200);
            seen.AddRange(answer.Items("comments").Select(comment => $"{comment["body_markdown"]}"));
            Expect.That((answer.At("next_cursor") is null) == (page == 2), $"Page {page + 1} of 3: next_cursor is {answer.Text("next_cursor")}.");
            query = $"&cursor={Uri.EscapeDataString(answer.Text("next_cursor"))}";
        }

        Expect.Same(
            "number 1, number 2, number 3, number 4, number 5", string.Join(", ", seen.Order(StringComparer.Ordinal)), "the comments");
    }

    private static async Task LimitAsync(Rig rig)
    {
        var agent = await rig.AgentAsync();
        await rig.CardAsync();
        await rig.CardAsync();
        var path = $"/projects/{await rig.ProjectAsync()}/cards";
        Expect.That((await agent.GetAsync(path + "?limit=1")).Is(200).Items("cards").Count == 1, "limit=1 gave not one card.");
        foreach (var limit in (string[])["0", "101", "-1", "many"])
        {
            (await agent.GetAsync($"{path}?limit={limit}")).Is(400, 422);
        }
    }

    private static async Task CardsAsync(Rig rig)
    {
        var agent = await rig.AgentAsync();
        string[] own = [await rig.CardAsync(), await rig.CardAsync(), await rig.CardAsync()];
        var path = $"/projects/{await rig.ProjectAsync()}/cards?sort=created&limit=2";
        var first = (await agent.GetAsync(path)).Is(200);
        var second = (await agent.GetAsync($"{path}&cursor={Uri.EscapeDataString(first.Text("next_cursor"))}")).Is(200);
        var keys = first.Items("cards").Concat(second.Items("cards")).Select(card => $"{card["key"]}").ToList();
        Expect.That(keys.Distinct().Count() == keys.Count, $"A card came twice: {string.Join(' ', keys)}.");
        Expect.That(int.TryParse(first.Text("total"), out var total) && total >= own.Length, $"total is {first.Text("total")}.");
    }

    private static async Task ContentAsync(Rig rig)
    {
        var (agent, card) = (await rig.AgentAsync(), await rig.CardAsync(new { content_markdown = "One\n\nTwo\n\nThree" }));
        var first = (await agent.GetAsync($"/cards/{card}/content?limit=2")).Is(200);
        var rest = (await agent.GetAsync($"/cards/{card}/content?limit=2&after_block={first.Text("next_block")}")).Is(200);
        var texts = first.Items("blocks").Concat(rest.Items("blocks")).Select(block => $"{block["text"]}");
        Expect.Same("One Two Three", string.Join(' ', texts), "the blocks");
        Expect.That(rest.At("next_block") is null, "The last page has a next_block.");
    }

    private static async Task CursorAsync(Rig rig)
    {
        var path = $"/projects/{await rig.ProjectAsync()}/cards?limit=1&cursor=";
        foreach (var cursor in (string[])["!!", "W10", "bm90LW9uZQ"])
        {
            (await (await rig.AgentAsync()).GetAsync(path + cursor)).Is(400, 422);
        }
    }
}
