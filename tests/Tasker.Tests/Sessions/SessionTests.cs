using System.Text.Json.Nodes;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Sessions;

/// <summary>A session's life: begun, reported on, ended, and what the card shows of it.</summary>
public sealed class SessionTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task A_session_is_one_row_and_one_comment_from_its_beginning_to_its_end()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var plan = new[] { new { text = "look", done = false }, new { text = "mend", done = false } };
        var begun = await world.Agent.ReportAsync(card, "s-1", new { plan });
        var told = await world.Agent.ReportAsync(card, "s-1", new
        {
            status = "testing",
            progress_markdown = "It **works**.",
            plan = new[] { new { text = "look", done = true }, new { text = "mend", done = false } },
        });
        var ended = await world.Agent.ReportAsync(card, "s-1", new { status = "completed", progress_markdown = "Done and tried." });

        begun.IsOk(201);
        told.IsOk();
        ended.IsOk();
        Assert.Equal(1, await world.CommentsAsync());
        Assert.Single(new[] { begun, told, ended }.Select(answer => answer.Text("session.comment_id")).Distinct());
        Assert.Equal(("working", "testing", "completed"), (begun.Text("session.status"), told.Text("session.status"), ended.Text("session.status")));
        Assert.Null(begun.At("session.finished_at"));
        Assert.Null(ended.At("session.stale_after"));
        var comment = await world.CommentAsync("s-1");
        Assert.StartsWith("**Work session: completed**\n\nGoal: Fix it\n\n- [x] look\n- [ ] mend\n\nStarted ", comment, StringComparison.Ordinal);
        Assert.EndsWith("**Latest report**\n\nDone and tried.", comment, StringComparison.Ordinal);
        Assert.Contains("finished", comment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_has_ended_stays_as_it_ended()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { content_markdown = "- [ ] one" });
        (await world.Agent.ReportAsync(card, "s-1", new { status = "partial", progress_markdown = "Half." })).IsOk(201);
        var comment = await world.CommentAsync("s-1");
        var row = await world.RowAsync(card);

        var late = await world.Agent.ReportAsync(card, "s-1", new
        {
            goal = "Other",
            progress_markdown = "More.",
            move_to = "In Progress",
            links = new[] { new { url = "https://example.org/9" } },
        });

        late.IsOk();
        Assert.Equal(("partial", "Fix it"), (late.Text("session.status"), late.Text("session.goal")));
        Assert.Equal("session_ended", late.Text("receipt.warnings.0.code"));
        Assert.Empty(late.List("receipt.changed"));
        Assert.Equal((comment, row), (await world.CommentAsync("s-1"), await world.RowAsync(card)));
    }

    [Fact]
    public async Task A_session_may_end_as_blocked_when_it_says_that_this_is_final()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var waiting = await world.Agent.ReportAsync(card, "s-1", new { status = "blocked" });
        var over = await world.Agent.ReportAsync(card, "s-1", new { status = "blocked", final = true });

        Assert.Null(waiting.At("session.finished_at"));
        Assert.NotNull(over.At("session.finished_at"));
        Assert.Equal("blocked", over.Text("session.status"));
        Assert.Null((await world.Agent.GetAsync($"/cards/{card}")).At("work_session"));
    }

    [Fact]
    public async Task An_end_that_arrives_first_is_recorded_with_its_one_comment()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        (await world.Agent.ReportAsync(card, "s-live")).IsOk(201);

        var ended = await world.Other().ReportAsync(card, "s-late", new { status = "failed", progress_markdown = "No luck." });

        ended.IsOk(201);
        Assert.NotNull(ended.At("session.finished_at"));
        Assert.Equal("s-live", (await world.Agent.GetAsync($"/cards/{card}")).Text("work_session.id"));
        Assert.Equal(2, await world.CommentsAsync());
    }

    [Fact]
    public async Task A_report_without_a_plan_or_words_keeps_the_ones_it_has()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1", new { plan = new[] { new { text = "look" } }, progress_markdown = "First." });

        await world.Agent.ReportAsync(card, "s-1", new { status = "needs_input" });

        var comment = await world.CommentAsync("s-1");
        Assert.StartsWith("**Work session: needs input**", comment, StringComparison.Ordinal);
        Assert.Contains("- [ ] look", comment, StringComparison.Ordinal);
        Assert.EndsWith("First.", comment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_shows_who_works_on_it_and_a_project_shows_all_of_them()
    {
        var world = await tasker.NewWorldAsync();
        var (first, second, third) = (await world.CardAsync("a"), await world.CardAsync("b"), await world.CardAsync("c"));
        await world.Agent.ReportAsync(first, "s-1");
        await world.Other().ReportAsync(second, "s-2");
        await world.Agent.ReportAsync(third, "s-3", new { status = "completed" });
        await world.AgeAsync("s-2", 31);

        var seen = await world.Agent.GetAsync($"/cards/{first}");
        var page = await world.Agent.GetAsync($"/projects/{world.Project}/work-sessions?limit=1");
        var next = await world.Agent.GetAsync($"/projects/{world.Project}/work-sessions?limit=1&cursor={page.Text("next_cursor")}");

        Assert.Equal(("s-1", "working", "Ноутбук"), (seen.Text("work_session.id"), seen.Text("work_session.status"), seen.Text("work_session.agent.name")));
        Assert.Equal(world.Project.ToString(), seen.Text("work_session.project_id"));
        Assert.Equal(("2", "s-1", first), (page.Text("total"), page.Text("sessions.0.id"), page.Text("sessions.0.card")));
        Assert.Equal(("s-2", "stale"), (next.Text("sessions.0.id"), next.Text("sessions.0.status")));
        Assert.Null(next.At("next_cursor"));
        (await world.Agent.Without("session:report").GetAsync($"/projects/{world.Project}/work-sessions")).IsProblem(403, "scope_missing");
        (await world.Agent.GetAsync($"/projects/{world.Foreign}/work-sessions")).IsProblem(403, "project_not_granted");
        (await world.Agent.GetAsync($"/projects/{world.Project}/work-sessions?cursor=x")).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task Sessions_leave_lines_in_the_history_that_name_agent_owner_and_request()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var agent = world.Agent with { Trace = "trace-77" };
        await agent.ReportAsync(card, "s-1");
        await agent.ReportAsync(card, "s-1", new { progress_markdown = "Nothing people follow." });
        await agent.ReportAsync(card, "s-1", new { status = "testing" });
        await agent.ReportAsync(card, "s-1", new { status = "completed" });

        var lines = (await agent.GetAsync($"/cards/{card}/activity")).Items("activity")
            .Where(line => line["field"]?.ToString() == "work_session").ToList();

        Assert.Equal(["ended", "updated", "started"], lines.Select(line => line["verb"]!.ToString()));
        Assert.All(lines, line => Assert.Equal(
            ("agent", "anna", "trace-77", "Fix it"),
            (Told(line["actor"]!["kind"]), Told(line["actor"]!["on_behalf_of"]), Told(line["trace_id"]), Told(line["reason"]))));
    }

    [Fact]
    public async Task A_comment_that_a_person_removed_stays_removed_and_the_session_goes_on()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1");
        await world.ExecuteAsync("UPDATE issue_comments SET deleted_at = now() WHERE project_id = @Project");

        var told = await world.Agent.ReportAsync(card, "s-1", new { status = "testing" });

        told.IsOk();
        Assert.Equal("comment_removed", told.Text("receipt.warnings.0.code"));
        Assert.Equal(0, await world.CommentsAsync());
    }

    [Fact]
    public async Task The_comment_is_the_bots_and_names_its_session()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1");

        var comments = await world.Agent.GetAsync($"/cards/{card}/comments");

        Assert.Equal(("agent", "anna", "s-1"), (
            comments.Text("comments.0.author.kind"), comments.Text("comments.0.author.on_behalf_of"), comments.Text("comments.0.session_id")));
    }

    private static string Told(JsonNode? value) => value?.ToString() ?? "";
}
