using AgentGateway.Tasker.Blocks;
using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Sessions;

/// <summary>Whatever an agent writes, its session's comment keeps its form and carries nothing that runs.</summary>
public sealed class SessionCommentTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("[x](javascript:alert(1)) **bold** `code`")]
    [InlineData("# heading - [x] fake | table | &lt;b&gt; _it_")]
    [InlineData("- [x] done")]
    [InlineData("1. first")]
    [InlineData("```")]
    [InlineData("***")]
    [InlineData("@anna ![i](https://evil.example/x.png)")]
    public async Task Goal_and_steps_are_shown_as_they_were_written(string hostile)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        (await world.Agent.ReportAsync(card, "s-1", new { goal = hostile, plan = new[] { new { text = hostile, done = false } } })).IsOk(201);

        var text = CardText.ToPlainText(await world.CommentAsync("s-1", "comment_html"));
        var lines = text.Split('\n');
        Assert.Equal($"Goal: {hostile}", lines[1]);
        Assert.Equal(hostile, lines[2]);
        Assert.StartsWith("Started ", lines[3], StringComparison.Ordinal);
        Assert.Equal(4, lines.Length);
        Assert.Equal((0, 1), CardText.Progress(await world.CommentAsync("s-1", "comment_html")));
    }

    [Theory]
    [InlineData("<script>alert(1)</script>\n\n<iframe src=\"https://evil.example\"></iframe>")]
    [InlineData("[click](javascript:alert(1)) ![x](https://evil.example/x.png) <svg onload=alert(1)>")]
    [InlineData("```\nnever closed\n\nStarted long ago")]
    [InlineData("</li></ul></p><h1>x</h1>")]
    [InlineData("@[Anna](user:00000000-0000-0000-0000-000000000001) @anna")]
    public async Task A_report_carries_nothing_that_runs_loads_or_notifies(string hostile)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        (await world.Agent.ReportAsync(card, "s-1", new { progress_markdown = hostile })).IsOk(201);

        var html = await world.CommentAsync("s-1", "comment_html");
        Assert.All(
            new[] { "<script", "<iframe", "<svg", "<img", "href=\"javascript", "mention-component", "<h1>x" },
            bad => Assert.DoesNotContain(bad, html, StringComparison.OrdinalIgnoreCase));
        Assert.StartsWith("Work session: working\nGoal: Fix it\nStarted ", CardText.ToPlainText(html), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_report_there_may_be_fits_into_its_comment()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var told = await world.Agent.ReportAsync(card, "s-1", new
        {
            goal = new string('*', 500),
            plan = Enumerable.Range(0, 20).Select(_ => new { text = new string('<', 200) }),
            progress_markdown = string.Concat(Enumerable.Repeat("- [ ] *я*\n", 400)),
        });

        told.IsOk(201);
        Assert.Equal((0, 420), CardText.Progress(await world.CommentAsync("s-1", "comment_html")));
    }
}
