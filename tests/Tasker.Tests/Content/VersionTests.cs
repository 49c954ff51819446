using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Content;

public sealed class VersionTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    private const string Written = "v.agent_id || ' ' || v.agent_name || ' ' || (SELECT display_name FROM users WHERE id = v.owner_id)";

    [Fact]
    public async Task A_new_card_begins_its_history_with_what_it_was_created_with()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card", new { content_markdown = "# Begin\n\nwith this" });

        Assert.Equal(await world.HtmlAsync(card), await world.VersionsAsync<string>(card, "v.description_html", "v.content_rev = 1"));
        Assert.Equal($"{world.Agent.AgentId} Ноутбук anna", await world.VersionsAsync<string>(card, Written));
        Assert.Equal(2, await world.VersionsAsync<int>(card, "cardinality(v.agent_blocks)"));
    }

    [Fact]
    public async Task Every_edit_of_an_agent_is_a_version_and_an_activity_with_its_author()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card", new { content_markdown = "- [ ] one" });
        var states = new List<string> { await world.HtmlAsync(card) };
        var item = (await world.Agent.ContentAsync(card)).At("blocks.0")!;
        object[] edits =
        [
            new { op = "append", markdown = "two" },
            new { op = "insert_after", block_id = $"{item["id"]}", markdown = "- [ ] three" },
            new { op = "replace_text", block_id = $"{item["id"]}", block_rev = $"{item["rev"]}", markdown = "four" },
            new { op = "set_checked", block_id = $"{item["id"]}", @checked = true },
        ];
        foreach (var edit in edits)
        {
            (await world.Agent.OpsAsync(card, edit)).IsOk();
            states.Add(await world.HtmlAsync(card));
        }

        Assert.Equal(states, await world.VersionsAsync<string[]>(card, "array_agg(v.description_html ORDER BY v.content_rev)"));
        Assert.Equal(
            ["create_card", "append", "insert_after", "replace_text", "set_checked"],
            await world.VersionsAsync<string[]>(card, "array_agg(v.reason ORDER BY v.content_rev)"));
        Assert.Equal(5, await world.VersionsAsync<int>(card, "count(*)::int", $"({Written}) = '{world.Agent.AgentId} Ноутбук anna'"));
        Assert.Equal(
            ["c1 c2", "c2 c3", "c3 c4", "c4 c5"],
            await world.ActivityAsync<string[]>(
                card, "array_agg(a.old_value || ' ' || a.new_value ORDER BY a.created_at)",
                "a.field = 'description' AND a.agent_id IS NOT NULL AND a.owner_id IS NOT NULL AND a.trace_id = 'trace-1'"));
    }

    [Fact]
    public async Task A_person_s_edit_is_a_version_without_an_agent()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card", new { content_markdown = "agent's" });
        var html = await world.HtmlAsync(card) + "<p>and a person's</p>";

        await world.SaveAsPersonAsync(card, html);

        Assert.Equal(html, await world.VersionsAsync<string>(card, "v.description_html", "v.content_rev = 2 AND v.agent_id IS NULL"));
        Assert.Equal(1, await world.ActivityAsync<int>(card, "count(*)::int", "a.field = 'description' AND a.agent_id IS NULL"));
        Assert.Equal(0, await world.ActivityAsync<int>(card, "count(*)::int", "a.verb = 'agent_content_lost'"));
    }

    [Fact]
    public async Task A_save_that_takes_an_agent_s_text_away_is_noticed_with_the_version_that_has_it()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");
        await world.SaveAsPersonAsync(card, Cards.Text("11111111-0000-4000-8000-000000000001", "mine"));
        var editor = await world.HtmlAsync(card);
        (await world.Agent.AppendAsync(card, "the agent's first\n\nthe agent's second")).IsOk();

        await world.SaveAsPersonAsync(card, editor + "<p>typed meanwhile</p>");

        Assert.Equal(
            $"c3 {world.Agent.AgentId} 2 of the agent's blocks are gone",
            await world.ActivityAsync<string>(card, "a.old_value || ' ' || a.new_value || ' ' || a.reason", "a.verb = 'agent_content_lost'"));
        Assert.Contains(
            "the agent's second", await world.VersionsAsync<string>(card, "v.description_html", "v.content_rev = 3"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_text_twice_is_one_text()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");

        var first = await world.Agent.AppendAsync(card, "Once");
        var again = await world.Agent.With("If-Match", "\"c1\"").AppendAsync(card, "Once");
        var elsewhere = await world.Agent.OpsAsync(card, new { op = "append", section = "Other", markdown = "Once" });
        var other = await (world.Agent with { AgentId = "ag_other_" + world.Slug }).AppendAsync(card, "Once");

        again.IsOk();
        Assert.Equal(("false", "true"), (first.Text("deduplicated"), again.Text("deduplicated")));
        Assert.Equal(first.Text("added"), again.Text("added"));
        Assert.Equal(first.Text("content_rev"), again.Text("content_rev"));
        Assert.Equal(("false", "false"), (elsewhere.Text("deduplicated"), other.Text("deduplicated")));
    }

    [Theory]
    [InlineData("UPDATE issue_description_versions SET created_at = created_at - interval '11 minutes'")]
    [InlineData("UPDATE issues SET description_html = '<p>gone</p>' WHERE project_id = @Project")]
    public async Task Text_may_come_again_when_it_is_long_ago_or_gone(string meanwhile)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");
        (await world.Agent.AppendAsync(card, "Once")).IsOk();
        await world.ExecuteAsync(meanwhile);

        var again = await world.Agent.AppendAsync(card, "Once");

        Assert.Equal("false", again.Text("deduplicated"));
        Assert.EndsWith("Once</p>", await world.HtmlAsync(card), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_key_answers_the_same_and_writes_no_version()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("A card");
        var body = new { ops = new[] { new { op = "append", markdown = "Once" } } };

        var first = await world.Agent.PostAsync($"/cards/{card}/content/ops", body, "key-of-this-append");
        var replay = await world.Agent.PostAsync($"/cards/{card}/content/ops", body, "key-of-this-append");
        var reused = await world.Agent.PostAsync(
            $"/cards/{card}/content/ops", new { ops = new[] { new { op = "append", markdown = "Other" } } }, "key-of-this-append");

        Assert.Equal((first.Body, true), (replay.Body, replay.Replayed));
        reused.IsProblem(422, "idempotency_key_reused");
        Assert.Equal(2, await world.VersionsAsync<int>(card, "count(*)::int"));
    }
}
