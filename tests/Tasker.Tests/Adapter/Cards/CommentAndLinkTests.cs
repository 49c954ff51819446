namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>What is said about a card and where it points.</summary>
public sealed class CommentAndLinkTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task A_comment_is_attributed_answered_and_listed_newest_first()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var first = await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "Сделано **всё**" });
        var second = await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "b", reply_to = first.Text("comment.id") });
        var list = await world.Agent.GetAsync($"/cards/{card}/comments");

        Assert.Equal((201, 201), (first.Status, second.Status));
        Assert.Equal(world.Project.ToString(), first.Text("comment.project_id"));
        Assert.Equal(first.Text("comment.id"), second.Text("comment.reply_to"));
        Assert.Equal(["b", "Сделано **всё**"], list.Items("comments").Select(c => c["body_markdown"]!.GetValue<string>()));
        Assert.Equal(("agent", "Ноутбук", "anna"), (list.Text("comments.0.author.kind"), list.Text("comments.0.author.agent.name"), list.Text("comments.0.author.on_behalf_of")));
        Assert.Contains("<strong>всё</strong>", await world.ScalarAsync<string>(
            "SELECT comment_html FROM issue_comments WHERE project_id = @Project ORDER BY created_at LIMIT 1"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_words_within_ten_minutes_are_one_comment()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var path = $"/cards/{card}/comments";

        var first = await world.Agent.PostAsync(path, new { body_markdown = "same" });
        var second = await world.Agent.PostAsync(path, new { body_markdown = "same" });

        Assert.Equal((200, "true", first.Text("comment.id")), (second.Status, second.Text("deduplicated"), second.Text("comment.id")));
        await world.ExecuteAsync("UPDATE issue_comments SET created_at = now() - interval '11 minutes' WHERE project_id = @Project");
        Assert.Equal(201, (await world.Agent.PostAsync(path, new { body_markdown = "same" })).Status);
    }

    [Fact]
    public async Task Only_named_members_are_mentioned_and_never_by_the_words()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.PersonAsync("outside", "Out Side", 15, project: null);
        var path = $"/cards/{card}/comments";

        await world.Agent.PostAsync(path, new { body_markdown = "@boris @[Boris](user:boris) <mention-component></mention-component>" });
        await world.Agent.PostAsync(path, new { body_markdown = "look", mention = new[] { "boris" } });

        var mentions = await world.ScalarAsync<string>(
            "SELECT string_agg((comment_html ~ '<mention-component')::text, ' ' ORDER BY created_at) FROM issue_comments WHERE project_id = @Project");
        Assert.Equal("false true", mentions);
        (await world.Agent.PostAsync(path, new { body_markdown = "x", mention = new[] { "outside" } })).IsProblem(422, "unknown_member");
    }

    [Fact]
    public async Task A_reply_stays_on_its_card_and_outside_comments_stay_unseen()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("a");
        await world.CardAsync("b");
        var other = (await world.Agent.PostAsync("/cards/NDC-2/comments", new { body_markdown = "x" })).Text("comment.id");
        await world.Agent.PostAsync("/cards/NDC-1/comments", new { body_markdown = "from outside" });
        await world.ExecuteAsync("UPDATE issue_comments SET access = 'EXTERNAL' WHERE project_id = @Project AND body_markdown = 'from outside'");

        (await world.Agent.PostAsync("/cards/NDC-1/comments", new { body_markdown = "y", reply_to = other })).IsProblem(404, "comment_not_found");
        (await world.Agent.PostAsync("/cards/NDC-1/comments", new { body_markdown = "y", reply_to = "x" })).IsProblem(422, "validation_failed");
        Assert.Equal("0", (await world.Agent.GetAsync("/cards/NDC-1/comments")).Text("total"));
        Assert.Empty((await world.Agent.SearchAsync("outside")).Items("cards"));
    }

    [Fact]
    public async Task Comments_come_in_pages_and_since_a_time()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        for (var i = 0; i < 5; i++)
        {
            await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = $"c{i}" });
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await world.Agent.GetAsync($"/cards/{card}/comments?limit=2{(cursor is null ? "" : $"&cursor={cursor}")}");
            seen.AddRange(page.Items("comments").Select(c => c["body_markdown"]!.GetValue<string>()));
            cursor = page.At("next_cursor")?.GetValue<string>();
        }
        while (cursor is not null);

        Assert.Equal(["c4", "c3", "c2", "c1", "c0"], seen);
        Assert.Equal("0", (await world.Agent.GetAsync($"/cards/{card}/comments?since=2999-01-01")).Text("total"));
        Assert.Equal("5", (await world.Agent.GetAsync($"/cards/{card}/comments?since=2020-01-01T00:00:00Z")).Text("total"));
        (await world.Agent.GetAsync($"/cards/{card}/comments?cursor=xyz")).IsProblem(422, "validation_failed");
        (await world.Agent.GetAsync($"/cards/{card}/comments?since=monday")).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task A_long_page_ends_early_and_goes_on()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        for (var i = 0; i < 4; i++)
        {
            await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = i + new string('я', 5_000) });
        }

        var page = await world.Agent.GetAsync($"/cards/{card}/comments");

        Assert.Equal(2, page.Items("comments").Length);
        Assert.NotNull(page.At("next_cursor"));
    }

    [Fact]
    public async Task A_link_is_added_once_and_only_to_the_web()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var path = $"/cards/{card}/links";

        var first = await world.Agent.PostAsync(path, new { url = "https://example.org/pr/1", title = "PR", kind = "pull_request" });
        var second = await world.Agent.PostAsync(path, new { url = "https://example.org/pr/1" });

        Assert.Equal((201, "true", "pull_request"), (first.Status, first.Text("created"), first.Text("link.kind")));
        Assert.Equal((200, "false", first.Text("link.id")), (second.Status, second.Text("created"), second.Text("link.id")));
        foreach (var url in new[] { "javascript:alert(1)", "ftp://example.org/a", "https://a@example.org", "/relative/path", "file:///etc/passwd" })
        {
            (await world.Agent.PostAsync(path, new { url })).IsProblem(422, "validation_failed");
        }
    }
}
