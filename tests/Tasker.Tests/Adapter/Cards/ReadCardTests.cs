namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>Reading one card, lists, search and the feed of changes.</summary>
public sealed class ReadCardTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task A_card_is_read_with_the_parts_that_were_asked_for()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = new string('ж', 9_000) });
        await world.CardAsync("child", new { parent = card });
        await world.Agent.PostAsync($"/cards/{card}/links", new { url = "https://example.org" });

        var plain = await world.Agent.GetAsync($"/cards/{card}");
        var other = await world.Agent.GetAsync($"/cards/{card}?include=activity,subcards");

        Assert.Equal(8_000, plain.Text("content_markdown").Length);
        Assert.Equal("true", plain.Text("content_truncated"));
        Assert.NotNull(plain.At("comments"));
        Assert.Null(plain.At("activity"));
        Assert.Null(other.At("content_markdown"));
        Assert.Equal("NDC-2", other.Text("subcards.0.key"));
        Assert.Equal(["link", "(null)"], other.Items("activity").Select(line => line["field"]?.GetValue<string>() ?? "(null)"));
        Assert.Equal("https://example.org", other.Text("links.0.url"));
        (await world.Agent.GetAsync($"/cards/{card}?include=secrets")).IsProblem(422, "validation_failed");
        (await world.Agent.GetAsync($"/cards/{card}?expand=all")).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task An_unchanged_card_is_not_sent_again()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var tag = (await world.Agent.GetAsync($"/cards/{card}")).Tag!;

        var same = await world.Agent.With("If-None-Match", tag).GetAsync($"/cards/{card}");
        Assert.Equal((304, ""), (same.Status, same.Body));
        await world.Agent.PatchAsync($"/cards/{card}", new { priority = "low" });
        Assert.Equal(200, (await world.Agent.With("If-None-Match", tag).GetAsync($"/cards/{card}")).Status);
    }

    [Theory]
    [InlineData("", "d c b")]
    [InlineData("view=all", "e d c b a")]
    [InlineData("view=done", "a")]
    [InlineData("view=backlog", "b")]
    [InlineData("view=started", "c")]
    [InlineData("view=mine&sort=created", "d c b")]
    [InlineData("state=Готово&state=backlog", "b a")]
    [InlineData("state_group=cancelled", "e")]
    [InlineData("label=BUG", "c b")]
    [InlineData("label=bug&label=backend", "c")]
    [InlineData("assignee=me", "c")]
    [InlineData("assignee=none", "d b")]
    [InlineData("priority=high", "d")]
    [InlineData("parent=ndc-2", "d")]
    [InlineData("updated_after=2999-01-01", "")]
    [InlineData("sort=priority", "d b c")]
    [InlineData("sort=due", "c b d")]
    [InlineData("sort=board&view=all", "b d c a e")]
    public async Task Lists_are_filtered_and_ordered(string query, string expected)
    {
        var world = await SomeCardsAsync();

        var answer = await world.Agent.GetAsync($"/projects/{world.Project}/cards?{query}");

        answer.IsOk();
        Assert.Equal(expected, string.Join(' ', answer.Items("cards").Select(card => card["title"]!.GetValue<string>())));
        Assert.Equal(expected.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, answer.At("total")!.GetValue<int>());
        Assert.All(answer.Items("cards"), card => Assert.Equal(world.Project.ToString(), card["project_id"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Counts_span_all_groups_whatever_the_view_shows()
    {
        var world = await SomeCardsAsync();

        Assert.Equal(
            """{"backlog":1,"unstarted":1,"started":1,"completed":1,"cancelled":1}""",
            (await world.Agent.GetAsync($"/projects/{world.Project}/cards?view=open")).At("counts")!.ToJsonString());
    }

    [Theory]
    [InlineData("updated")]
    [InlineData("created")]
    [InlineData("priority")]
    [InlineData("due")]
    [InlineData("board")]
    public async Task Pages_neither_overlap_nor_miss(string sort)
    {
        var world = await SomeCardsAsync();
        var path = $"/projects/{world.Project}/cards?view=all&sort={sort}";
        var whole = (await world.Agent.GetAsync(path)).Items("cards").Select(card => card["key"]!.GetValue<string>());

        var paged = new List<string>();
        string? cursor = null;
        do
        {
            var page = await world.Agent.GetAsync($"{path}&limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            paged.AddRange(page.Items("cards").Select(card => card["key"]!.GetValue<string>()));
            cursor = page.At("next_cursor")?.GetValue<string>();
        }
        while (cursor is not null);

        Assert.Equal(whole, paged);
    }

    [Fact]
    public async Task A_cursor_fits_only_the_list_it_came_from()
    {
        var world = await SomeCardsAsync();
        var cursor = (await world.Agent.GetAsync($"/projects/{world.Project}/cards?limit=1")).Text("next_cursor");

        foreach (var query in new[] { $"view=all&cursor={cursor}", "cursor=!!", "cursor=W10", $"cursor={cursor}x", "limit=0", "limit=101", "sort=size", "view=x&view=y" })
        {
            (await world.Agent.GetAsync($"/projects/{world.Project}/cards?{query}")).IsProblem(422, "validation_failed");
        }

        (await world.Agent.GetAsync($"/projects/{world.Project}/cards?label=nope")).IsProblem(422, "unknown_label");
        (await world.Agent.GetAsync($"/projects/{world.Project}/cards?state=nope")).IsProblem(422, "unknown_state");
        (await world.Agent.GetAsync($"/projects/{world.Project}/cards?assignee=nope")).IsProblem(422, "unknown_member");
    }

    [Fact]
    public async Task Search_finds_words_parts_keys_and_comments_best_match_first()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("Починить вход", new { content_markdown = "Ошибка в src/Login/Session.cs при ПЕРВОМ входе", labels = new[] { "bug" } });
        await world.CardAsync("Другое", new { content_markdown = "тоже про вход" });
        await world.CardAsync("Третье", new { assignees = new[] { "me" } });
        await world.Agent.PostAsync("/cards/NDC-3/comments", new { body_markdown = "видел вход ещё раз, ломается session" });
        await world.CardAsync("Закрытый вход", new { state = "Готово" });

        Assert.Equal(["NDC-1", "NDC-2", "NDC-3"], await KeysAsync(world, "вход"));
        Assert.Equal(["NDC-1", "NDC-3"], (await KeysAsync(world, "SESS")).Order());
        Assert.Equal(["NDC-1"], await KeysAsync(world, "перв login"));
        Assert.Equal("NDC-2", (await KeysAsync(world, "ndc-2"))[0]);
        Assert.Equal(["NDC-4"], await KeysAsync(world, "вход", new { state_groups = new[] { "completed" } }));
        Assert.Equal(["NDC-1"], await KeysAsync(world, "вход", new { labels = new[] { "Bug" } }));
        Assert.Equal(["NDC-3"], await KeysAsync(world, "вход", new { assignee = "me" }));
        Assert.Empty(await KeysAsync(world, "&|!:*()'"));
        var answer = await world.Agent.SearchAsync("первом");
        Assert.Contains("ПЕРВОМ", answer.Text("cards.0.snippet"), StringComparison.Ordinal);
        Assert.Equal("1", answer.Text("total"));
    }

    [Fact]
    public async Task Search_stays_within_the_granted_projects_and_goes_on_page_by_page()
    {
        var world = await tasker.NewWorldAsync();
        for (var i = 0; i < 5; i++)
        {
            await world.CardAsync($"needle {i}");
        }

        (await world.Agent.SearchAsync("needle", new { projects = new[] { world.Project, world.Foreign } })).IsProblem(403, "project_not_granted");
        (await world.Agent.SearchAsync("needle", new { projects = Array.Empty<string>() })).IsProblem(422, "validation_failed");
        (await world.Agent.SearchAsync("n")).IsProblem(422, "validation_failed");
        var first = await world.Agent.SearchAsync("needle", new { limit = 3 });
        var second = await world.Agent.SearchAsync("needle", new { limit = 3, cursor = first.Text("next_cursor") });
        Assert.Equal(5, first.Items("cards").Concat(second.Items("cards")).Select(card => card["key"]!.GetValue<string>()).Distinct().Count());
        Assert.Null(second.At("next_cursor"));
        (await world.Agent.SearchAsync("other", new { cursor = first.Text("next_cursor") })).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task The_feed_tells_each_change_once_in_order_and_waits_for_the_next()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { labels = new[] { "bug" }, assignees = new[] { "me" } });
        var path = $"/projects/{world.Project}/changes";
        // Other tests' transactions on the same server may hold the newest change back for a moment.
        var first = await world.Agent.GetAsync($"{path}?wait_s=20");

        var waiting = world.Agent.GetAsync($"{path}?wait_s=20&cursor={first.Text("next_cursor")}");
        await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "x" });
        var second = await waiting;

        Assert.Equal(["created"], first.Items("changes").Select(change => change["kind"]!.GetValue<string>()));
        Assert.Equal(("NDC-1", "commented", "r1"), (second.Text("changes.0.card"), second.Text("changes.0.kind"), second.Text("changes.0.rev")));
        Assert.Empty((await world.Agent.GetAsync($"{path}?cursor={second.Text("next_cursor")}")).Items("changes"));
    }

    private async Task<World> SomeCardsAsync()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("a", new { state = "Готово", assignees = new[] { "boris" } });
        await world.CardAsync("b", new { state = "Backlog", labels = new[] { "bug" }, due_date = "2026-02-02" });
        await world.CardAsync(
            "c", new { state = "In Progress", labels = new[] { "bug", "backend" }, assignees = new[] { "me" }, due_date = "2026-01-01" });
        await world.CardAsync("d", new { priority = "high", parent = "NDC-2" });
        await world.CardAsync("e", new { state = "Cancelled" });
        return world;
    }

    private static async Task<string[]> KeysAsync(World world, string query, object? more = null) =>
        [.. (await world.Agent.SearchAsync(query, more)).Items("cards").Select(card => card["key"]!.GetValue<string>())];
}
