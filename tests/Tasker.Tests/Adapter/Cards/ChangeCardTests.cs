namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>Setting fields: a closed list, against a revision where it matters, and nothing else moves.</summary>
public sealed class ChangeCardTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    public static TheoryData<string> TrackerColumns => [
        "id", "workspace", "workspace_id", "project", "project_id", "sequence_id", "name", "description", "description_html",
        "description_json", "description_binary", "description_stripped", "state", "state_id", "parent_id", "estimate_point", "point",
        "target_date", "sort_order", "completed_at", "archived_at", "deleted_at", "is_draft", "is_epic", "created_by", "created_by_id",
        "updated_by", "created_at", "updated_at", "external_id", "external_source", "type_id", "labels", "label_ids", "assignees",
        "assignee_ids", "cycle_id", "module_ids", "rev", "content_rev"];

    [Theory]
    [MemberData(nameof(TrackerColumns))]
    public async Task Every_other_column_of_the_tracker_is_refused_and_the_row_stays(string column)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var before = await world.RowAsync(card);

        var answer = await world.Agent.PatchAsync($"/cards/{card}", new Dictionary<string, object?> { ["priority"] = "high", [column] = null });

        answer.IsProblem(403, "operation_forbidden");
        Assert.Equal("/" + column, answer.Text("errors.0.pointer"));
        Assert.Equal(before, await world.RowAsync(card));
    }

    [Fact]
    public async Task Fields_are_set_and_emptied_and_the_receipt_says_what_was_there()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("parent");
        var card = await world.CardAsync("a", new { due_date = "2026-05-05", estimate = "1" });

        var set = await world.Agent.PatchAsync(
            $"/cards/{card}", new { priority = "urgent", parent = "NDC-1", start_date = "2026-05-01", due_date = (string?)null, estimate = "3" });

        set.IsOk();
        Assert.Equal(["priority", "start_date", "due_date", "parent", "estimate"], set.List("changed"));
        Assert.Equal(("none", "2026-05-05", "1"), (set.Text("before.priority"), set.Text("before.due_date"), set.Text("before.estimate")));
        Assert.Equal(("urgent", "(null)", "NDC-1"), (set.Text("after.priority"), set.Text("after.due_date"), set.Text("after.parent")));
        Assert.Equal(("r2", "c1", "\"r2\""), (set.Text("rev"), set.Text("content_rev"), set.Tag));
        var again = await world.Agent.PatchAsync($"/cards/{card}", new { priority = "urgent" });
        Assert.Empty(again.List("changed"));
        Assert.Equal("r2", again.Text("rev"));
    }

    [Fact]
    public async Task A_title_needs_the_revision_it_was_read_at()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var missing = await world.Agent.PatchAsync($"/cards/{card}", new { title = "b" });
        var stale = await world.Agent.With("If-Match", "\"r9\"").PatchAsync($"/cards/{card}", new { title = "b" });
        var right = await world.Agent.With("If-Match", "\"r1\"").PatchAsync($"/cards/{card}", new { title = "b" });

        missing.IsProblem(428, "precondition_required");
        stale.IsProblem(412, "revision_mismatch");
        Assert.Equal("r1", stale.Text("current_rev"));
        right.IsOk();
        Assert.Equal("b", right.Text("after.title"));
        (await world.Agent.With("If-Match", "\"r1\"").PatchAsync($"/cards/{card}", new { priority = "low" })).IsProblem(412, "revision_mismatch");
        (await world.Agent.With("If-Match", "\"c1\"").PatchAsync($"/cards/{card}", new { priority = "low" })).IsOk();
    }

    [Fact]
    public async Task A_persons_edit_counts_as_a_revision_too()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.ExecuteAsync("UPDATE issues SET description_html = '<p>by hand</p>' WHERE project_id = @Project");

        var read = await world.Agent.GetAsync($"/cards/{card}");

        Assert.Equal(("r2", "c2"), (read.Text("rev"), read.Text("content_rev")));
        Assert.Equal(1, await world.ScalarAsync<int>("SELECT count(*)::int FROM issue_description_versions WHERE content_rev = 1 AND issue_id IN (SELECT id FROM issues WHERE project_id = @Project)"));
    }

    [Fact]
    public async Task A_card_never_becomes_its_own_ancestor_even_by_two_moves_at_once()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("a");
        await world.CardAsync("b", new { parent = "NDC-1" });
        await world.CardAsync("c");
        await world.CardAsync("d");

        (await world.Agent.PatchAsync("/cards/NDC-1", new { parent = "NDC-2" })).IsProblem(422, "validation_failed");
        (await world.Agent.PatchAsync("/cards/NDC-1", new { parent = "NDC-1" })).IsProblem(422, "validation_failed");
        var crossed = await Task.WhenAll(
            world.Agent.PatchAsync("/cards/NDC-3", new { parent = "NDC-4" }), world.Agent.PatchAsync("/cards/NDC-4", new { parent = "NDC-3" }));
        Assert.Equal([200, 422], crossed.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task Dates_are_checked_against_the_ones_that_stay()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { due_date = "2026-05-05" });

        (await world.Agent.PatchAsync($"/cards/{card}", new { start_date = "2026-05-06" })).IsProblem(422, "validation_failed");
        (await world.Agent.PatchAsync($"/cards/{card}", new { start_date = "2026-05-05" })).IsOk();
        (await world.Agent.PatchAsync($"/cards/{card}", new { })).IsProblem(422, "validation_failed");
    }
}
