namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>Reading and editing a description block by block.</summary>
public sealed class ContentTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task Blocks_are_read_in_pages_by_type_and_by_section()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "# One\n\ntext\n\n- [ ] do\n\n# Two\n\nmore" });

        var all = await world.Agent.GetAsync($"/cards/{card}/content?limit=2");
        var rest = await world.Agent.GetAsync($"/cards/{card}/content?after_block={all.Text("next_block")}");

        Assert.Equal((world.Project.ToString(), "c1", "\"c1\"", "5"), (all.Text("project_id"), all.Text("content_rev"), all.Tag, all.Text("total")));
        Assert.Equal(["heading", "paragraph"], Types(all));
        Assert.Equal(["check_item", "heading", "paragraph"], Types(rest));
        Assert.Equal(["check_item"], Types(await world.Agent.GetAsync($"/cards/{card}/content?types=check_item")));
        Assert.Equal(["paragraph"], Types(await world.Agent.GetAsync($"/cards/{card}/content?section=Two")));
        (await world.Agent.GetAsync($"/cards/{card}/content?section=Three")).IsProblem(404, "block_not_found");
        (await world.Agent.GetAsync($"/cards/{card}/content?types=everything")).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task A_batch_changes_the_description_its_revision_and_its_history()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "# One\n\n- [ ] do" });
        var item = (await world.Agent.GetAsync($"/cards/{card}/content?types=check_item")).Text("blocks.0.id");

        var answer = await world.Agent.PostAsync($"/cards/{card}/content/ops", new
        {
            ops = new object[]
            {
                new { op = "append", markdown = "Конец" },
                new { op = "set_checked", block_id = item, @checked = true, expect_text = "do" },
            },
        });

        answer.IsOk();
        Assert.Equal(("c2", "r2", "1"), (answer.Text("content_rev"), answer.Text("rev"), answer.Text("progress.checked")));
        Assert.Equal(("Конец", "true"), (answer.Text("added.0.text"), answer.Text("changed.0.checked")));
        Assert.Contains("Конец", (await world.Agent.GetAsync($"/cards/{card}")).Text("content_markdown"), StringComparison.Ordinal);
        Assert.Equal("description", (await world.Agent.GetAsync($"/cards/{card}/activity")).Text("activity.0.field"));
        Assert.Equal(["NDC-1"], (await world.Agent.SearchAsync("конец")).Items("cards").Select(c => c["key"]!.GetValue<string>()));
    }

    [Fact]
    public async Task Each_operation_needs_its_own_scope_and_one_refused_refuses_all()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "text" });
        var block = await world.Agent.GetAsync($"/cards/{card}/content");
        var replace = new { op = "replace_text", block_id = block.Text("blocks.0.id"), block_rev = block.Text("blocks.0.rev"), markdown = "new" };
        var append = new { op = "append", markdown = "more" };
        var before = await world.RowAsync(card);

        (await EditAsync(world.Agent.Without("card:content:replace"), append, replace)).IsProblem(403, "scope_missing");
        (await EditAsync(world.Agent, append, new { op = "remove", block_id = "x" })).IsProblem(422, "validation_failed");
        (await EditAsync(world.Agent, append, replace with { block_rev = "000000" })).IsProblem(409, "block_conflict");
        (await EditAsync(world.Agent, append, replace with { block_id = "ffffffffff" })).IsProblem(404, "block_not_found");
        (await EditAsync(world.Agent.With("If-Match", "\"c9\""), append)).IsProblem(412, "revision_mismatch");
        (await EditAsync(world.Agent)).IsProblem(422, "validation_failed");
        (await EditAsync(world.Agent, new { op = "append", markdown = "x", html = "<b>" })).IsProblem(422, "validation_failed");
        Assert.Equal(before, await world.RowAsync(card));

        var replaced = await EditAsync(world.Agent, replace);
        replaced.IsOk();
        Assert.Equal("text", replaced.Text("previous.0.text"));

        Task<Answer> EditAsync(AgentClient agent, params object[] ops) => agent.PostAsync($"/cards/{card}/content/ops", new { ops });
    }

    private static string[] Types(Answer answer) => [.. answer.Items("blocks").Select(block => block["type"]!.GetValue<string>())];
}
