using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Sessions;

/// <summary>One agent at a time on a card: conflicts, take-overs and races.</summary>
public sealed class SessionRaceTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task Of_two_agents_that_begin_on_one_card_at_once_one_wins()
    {
        var world = await tasker.NewWorldAsync();
        for (var round = 0; round < 8; round++)
        {
            var card = await world.CardAsync($"card {round}");

            var answers = await Task.WhenAll(
                world.Agent.ReportAsync(card, $"a-{round}", new { move_to_started = true }),
                world.Other().ReportAsync(card, $"b-{round}", new { move_to_started = true }));

            Assert.Equal([201, 409], answers.Select(answer => answer.Status).Order());
            answers.Single(answer => answer.Status == 409).IsProblem(409, "session_conflict");
        }

        Assert.Equal(8, await world.CommentsAsync());
    }

    [Fact]
    public async Task Of_reports_of_one_session_at_once_each_is_counted_and_one_comment_stands()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            world.Agent.ReportAsync(card, "s-1", new { progress_markdown = $"Report {i}." })));

        Assert.Single(answers, answer => answer.Status == 201);
        Assert.Equal(7, answers.Count(answer => answer.Status == 200));
        Assert.Equal(1, await world.CommentsAsync());
    }

    [Fact]
    public async Task One_session_id_begun_on_two_cards_at_once_begins_on_one()
    {
        var world = await tasker.NewWorldAsync();
        for (var round = 0; round < 8; round++)
        {
            var (one, two) = (await world.CardAsync($"one {round}"), await world.CardAsync($"two {round}"));

            var answers = await Task.WhenAll(world.Agent.ReportAsync(one, $"s-{round}"), world.Agent.ReportAsync(two, $"s-{round}"));

            Assert.Equal([201, 409], answers.Select(answer => answer.Status).Order());
        }
    }

    [Fact]
    public async Task A_live_session_cannot_be_taken_over_and_a_stale_one_only_on_request()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1", new { progress_markdown = "Half way." });

        (await world.Other().ReportAsync(card, "s-2", new { takeover = true })).IsProblem(409, "session_conflict");
        await world.AgeAsync("s-1", 29);
        (await world.Other().ReportAsync(card, "s-2", new { takeover = true })).IsProblem(409, "session_conflict");
        await world.AgeAsync("s-1", 2);
        (await world.Other().ReportAsync(card, "s-2")).IsProblem(409, "session_conflict");
        var taken = await world.Other().ReportAsync(card, "s-2", new { takeover = true });

        taken.IsOk(201);
        Assert.Equal("session_taken_over", taken.Text("receipt.warnings.0.code"));
        Assert.Equal("s-2", (await world.Agent.GetAsync($"/cards/{card}")).Text("work_session.id"));
        var comment = await world.CommentAsync("s-1");
        Assert.StartsWith("**Work session: abandoned**", comment, StringComparison.Ordinal);
        Assert.Contains("Taken over by Ноутбук", comment, StringComparison.Ordinal);
        Assert.EndsWith("Half way.", comment, StringComparison.Ordinal);
        var late = await world.Agent.ReportAsync(card, "s-1", new { status = "completed" });
        Assert.Equal(("abandoned", "session_ended"), (late.Text("session.status"), late.Text("receipt.warnings.0.code")));
        Assert.Equal(2, await world.CommentsAsync());
    }

    [Fact]
    public async Task Of_two_agents_that_take_a_stale_session_over_one_wins()
    {
        var world = await tasker.NewWorldAsync();
        var third = world.Agent with { AgentId = "ag_third_" + world.Slug };
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1");
        await world.AgeAsync("s-1", 40);

        var answers = await Task.WhenAll(
            world.Other().ReportAsync(card, "s-2", new { takeover = true }), third.ReportAsync(card, "s-3", new { takeover = true }));

        Assert.Equal([201, 409], answers.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task A_report_revives_a_session_that_was_stale()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1");
        await world.AgeAsync("s-1", 40);
        Assert.Equal("stale", (await world.Agent.GetAsync($"/cards/{card}")).Text("work_session.status"));

        (await world.Agent.ReportAsync(card, "s-1")).IsOk();

        Assert.Equal("working", (await world.Agent.GetAsync($"/cards/{card}")).Text("work_session.status"));
        (await world.Other().ReportAsync(card, "s-2", new { takeover = true })).IsProblem(409, "session_conflict");
    }

    [Fact]
    public async Task An_agents_later_session_ends_its_earlier_one_on_the_card()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1");

        var later = await world.Agent.ReportAsync(card, "s-2");

        later.IsOk(201);
        Assert.Equal("session_replaced", later.Text("receipt.warnings.0.code"));
        Assert.Equal("1", (await world.Agent.GetAsync($"/projects/{world.Project}/work-sessions")).Text("total"));
    }

    [Fact]
    public async Task A_session_is_its_agents_and_its_cards_alone()
    {
        var world = await tasker.NewWorldAsync();
        var (card, other) = (await world.CardAsync("a"), await world.CardAsync("b"));
        await world.Agent.ReportAsync(card, "s-1");
        await world.AgeAsync("s-1", 40);

        (await world.Other().ReportAsync(card, "s-1", new { takeover = true, status = "completed" })).IsProblem(409, "session_conflict");
        (await world.Agent.ReportAsync(other, "s-1")).IsProblem(409, "session_conflict");
        Assert.Equal("s-1", (await world.Agent.GetAsync($"/cards/{card}")).Text("work_session.id"));
        Assert.Null((await world.Agent.GetAsync($"/cards/{other}")).At("work_session"));
    }
}
