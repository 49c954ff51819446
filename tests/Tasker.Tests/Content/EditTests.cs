using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Content;

public sealed class EditTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    private const string Plan = "## Plan\n\nFirst **words**\n\n- [ ] one\n- [x] two";

    [Fact]
    public async Task Text_is_appended_at_the_end_and_in_a_section()
    {
        var (world, card) = await CardAsync("## Plan\n\nFirst\n\n## Notes\n\nLast");

        var end = await world.Agent.AppendAsync(card, "At the **end**");
        var section = await world.Agent.OpsAsync(card, new { op = "append", section = "plan", markdown = "In the plan" });

        end.IsOk();
        Assert.Equal("At the **end**", end.Text("added.0.text"));
        Assert.Equal("c2", end.Text("content_rev"));
        Assert.Equal("\"c2\"", end.Tag);
        Assert.Equal(world.Project.ToString(), end.Text("project_id"));
        section.IsOk();
        Assert.Equal(["Plan", "First", "In the plan", "Notes", "Last", "At the **end**"], await TextsAsync(world, card));
    }

    [Fact]
    public async Task A_block_is_inserted_after_another()
    {
        var (world, card) = await CardAsync("One\n\nThree");
        var first = (await world.Agent.ContentAsync(card)).Text("blocks.0.id");

        (await world.Agent.OpsAsync(card, new { op = "insert_after", block_id = first, markdown = "Two" })).IsOk();

        Assert.Equal(["One", "Two", "Three"], await TextsAsync(world, card));
    }

    [Fact]
    public async Task A_stale_block_is_refused_with_its_present_rev_which_then_works()
    {
        var (world, card) = await CardAsync(Plan);
        var block = (await world.Agent.ContentAsync(card, "?types=paragraph")).At("blocks.0")!;
        var (id, rev) = ($"{block["id"]}", $"{block["rev"]}");
        (await Replace(rev, "Second words")).IsOk();

        var stale = await Replace(rev, "Third words");
        stale.IsProblem(409, "block_conflict");
        Assert.Equal("/ops/0/block_rev", stale.Text("errors.0.pointer"));
        Assert.Equal(rev, stale.Text("errors.0.value"));
        Assert.Equal("Second words", stale.Text("current.text"));
        Assert.Equal("true", stale.Text("retryable"));

        var right = await Replace(stale.Text("current_rev"), "Third words");
        right.IsOk();
        Assert.Equal("Second words", right.Text("previous.0.text"));
        Assert.Equal("Third words", right.Text("changed.0.text"));

        Task<Answer> Replace(string seen, string markdown) =>
            world.Agent.OpsAsync(card, new { op = "replace_text", block_id = id, block_rev = seen, markdown });
    }

    [Fact]
    public async Task Items_are_checked_together_and_the_progress_is_told()
    {
        var (world, card) = await CardAsync(Plan);
        var items = (await world.Agent.ContentAsync(card, "?types=check_item")).Items("blocks");

        var done = await world.Agent.OpsAsync(card, items.Select(item => (object)new
        {
            op = "set_checked",
            block_id = $"{item["id"]}",
            @checked = true,
            expect_text = $"{item["text"]}",
        }).ToArray());

        done.IsOk();
        Assert.Equal("""{"checked":2,"total":2}""", done.Text("progress"));
        Assert.Equal($"{items[0]["id"]}", done.Text("changed.0.id"));
    }

    [Fact]
    public async Task What_is_already_so_moves_no_revision_and_writes_nothing()
    {
        var (world, card) = await CardAsync(Plan);
        var item = (await world.Agent.ContentAsync(card, "?types=check_item")).Text("blocks.1.id");
        var before = await world.RowAsync(card);

        var again = await world.Agent.OpsAsync(card, new { op = "set_checked", block_id = item, @checked = true });

        again.IsOk();
        Assert.Empty(again.Items("changed"));
        Assert.Equal("c1", again.Text("content_rev"));
        Assert.Equal(before, await world.RowAsync(card));
        Assert.Equal(1, await world.VersionsAsync<int>(card, "count(*)::int"));
        Assert.Equal(0, await world.ActivityAsync<int>(card, "count(*)::int", "a.field = 'description'"));
    }

    [Theory]
    [InlineData("append", "card:content:append")]
    [InlineData("insert_after", "card:content:append")]
    [InlineData("replace_text", "card:content:replace")]
    [InlineData("set_checked", "card:content:check")]
    public async Task Each_operation_needs_its_own_scope(string op, string scope)
    {
        var (world, card) = await CardAsync("- [ ] one");
        var block = (await world.Agent.ContentAsync(card)).At("blocks.0")!;
        var (id, rev) = ($"{block["id"]}", $"{block["rev"]}");
        object call = op switch
        {
            "append" => new { op, markdown = "more" },
            "insert_after" => new { op, block_id = id, markdown = "more" },
            "replace_text" => new { op, block_id = id, block_rev = rev, markdown = "more" },
            _ => new { op, block_id = id, @checked = true },
        };
        var before = await world.RowAsync(card);

        (await world.Agent.Without(scope).OpsAsync(card, call)).IsProblem(403, "scope_missing");
        Assert.Equal(before, await world.RowAsync(card));
        (await (world.Agent with { Scopes = scope }).OpsAsync(card, call)).IsOk();
    }

    [Fact]
    public async Task A_scope_the_project_withholds_is_missing_too()
    {
        var (world, card) = await CardAsync("One");
        await world.ExecuteAsync("UPDATE projects SET agent_max_scopes = ARRAY['card:read'] WHERE id = @Project");

        (await world.Agent.AppendAsync(card, "Two")).IsProblem(403, "scope_missing");
    }

    [Fact]
    public async Task Of_several_operations_all_happen_or_none()
    {
        var (world, card) = await CardAsync("One");
        var before = await world.RowAsync(card);

        var refused = await world.Agent.OpsAsync(
            card, new { op = "append", markdown = "Two" }, new { op = "set_checked", block_id = "ffffff", @checked = true });

        refused.IsProblem(404, "block_not_found");
        Assert.Equal("/ops/1/block_id", refused.Text("errors.0.pointer"));
        Assert.Equal("ffffff", refused.Text("errors.0.value"));
        Assert.Equal(before, await world.RowAsync(card));
    }

    [Fact]
    public async Task An_ambiguous_id_names_the_blocks_it_may_mean()
    {
        var (world, card) = await CardAsync("One");
        await world.SaveAsPersonAsync(card, Cards.Text("abcdef01-0000-4000-8000-000000000001", "x")
            + Cards.Text("abcdef02-0000-4000-8000-000000000002", "y"));

        var refused = await world.Agent.OpsAsync(card, new { op = "insert_after", block_id = "abcdef", markdown = "z" });

        refused.IsProblem(404, "block_not_found");
        Assert.Equal(["abcdef01", "abcdef02"], refused.List("errors.0.candidates"));
    }

    [Fact]
    public async Task If_match_holds_the_whole_text_to_one_revision()
    {
        var (world, card) = await CardAsync("One");
        (await world.Agent.AppendAsync(card, "Two")).IsOk();

        var stale = await world.Agent.With("If-Match", "\"c1\"").AppendAsync(card, "Three");
        stale.IsProblem(412, "revision_mismatch");
        Assert.Equal("c2", stale.Text("current_rev"));
        (await world.Agent.With("If-Match", "\"c2\"").AppendAsync(card, "Three")).IsOk();
    }

    [Fact]
    public async Task A_mention_is_text_unless_the_scope_allows_it()
    {
        var (world, card) = await CardAsync("One");

        var without = await world.Agent.Without("card:mention").AppendAsync(card, "Ask @[Boris](user:boris) first");
        Assert.DoesNotContain("mention-component", await world.HtmlAsync(card), StringComparison.Ordinal);
        var with = await world.Agent.AppendAsync(card, "Ask @[Boris](user:boris) now");

        without.IsOk();
        with.IsOk();
        Assert.Contains("mention-component", await world.HtmlAsync(card), StringComparison.Ordinal);
        Assert.Contains(world.Boris.ToString(), await world.HtmlAsync(card), StringComparison.Ordinal);
    }

    private async Task<(World World, string Card)> CardAsync(string markdown)
    {
        var world = await tasker.NewWorldAsync();
        return (world, await world.CardAsync("A card", new { content_markdown = markdown }));
    }

    private static async Task<string[]> TextsAsync(World world, string card) =>
        [.. (await world.Agent.ContentAsync(card)).Items("blocks").Select(block => $"{block["text"]}")];
}
