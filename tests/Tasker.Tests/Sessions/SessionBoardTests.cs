using AgentGateway.Tasker.Tests.Adapter;

namespace AgentGateway.Tasker.Tests.Sessions;

/// <summary>People see on the board who works on a card, while it happens.</summary>
public sealed class SessionBoardTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task A_tile_and_a_card_show_the_agent_at_work_until_it_ends()
    {
        var (world, key) = await NewBoardAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1", new { status = "needs_input", goal = "Ask <b>Anna</b>" });

        var board = await PageAsync($"/board/{key}");
        var page = await PageAsync($"/board/{key}/1");
        await world.Agent.ReportAsync(card, "s-1", new { status = "completed" });
        var after = await PageAsync($"/board/{key}");
        var ended = await PageAsync($"/board/{key}/1");

        Assert.Contains("The agent Ноутбук, on behalf of anna works on this card: needs input", board, StringComparison.Ordinal);
        Assert.Contains("<section class=\"session session-needs_input\"", page, StringComparison.Ordinal);
        Assert.Contains("Ask &lt;b&gt;Anna&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>Anna</b>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("at-work", after, StringComparison.Ordinal);
        Assert.DoesNotContain("<section class=\"session", ended, StringComparison.Ordinal);
        Assert.Contains("<li class=\"session-note\">", ended, StringComparison.Ordinal);
        Assert.Contains("<span class=\"pill session-completed\">completed</span>", ended, StringComparison.Ordinal);
        Assert.Contains("began to work on it", ended, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_nobody_reports_on_is_told_apart()
    {
        var (world, key) = await NewBoardAsync();
        var card = await world.CardAsync("a");
        await world.Agent.ReportAsync(card, "s-1");
        await world.AgeAsync("s-1", 31);

        Assert.Contains("at-work session-stale", await PageAsync($"/board/{key}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_open_board_learns_of_each_report_at_once()
    {
        var (world, key) = await NewBoardAsync();
        var card = await world.CardAsync("a");
        using var deadline = new CancellationTokenSource(Patience);
        var address = new Uri($"/board/{key}/events", UriKind.Relative);
        using var answer = await tasker.Http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, deadline.Token);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(deadline.Token));
        await lines.ReadLineAsync(deadline.Token);

        await world.Agent.ReportAsync(card, "s-1");
        var begun = await NextAsync(lines, deadline.Token);
        await world.Agent.ReportAsync(card, "s-1", new { status = "testing" });
        var told = await NextAsync(lines, deadline.Token);
        await world.Agent.ReportAsync(card, "s-1", new { status = "completed" });
        var ended = await NextAsync(lines, deadline.Token);

        Assert.Contains("at-work session-working", begun, StringComparison.Ordinal);
        Assert.Contains("\"session\":\"testing\"", told, StringComparison.Ordinal);
        Assert.DoesNotContain("at-work", ended, StringComparison.Ordinal);
    }

    // Boards are found by their project's key alone, and every test's project has the same one.
    private async Task<(World World, string Key)> NewBoardAsync()
    {
        var world = await tasker.NewWorldAsync();
        var key = "B" + Guid.CreateVersion7().ToString("N")[^9..].ToUpperInvariant();
        await world.ExecuteAsync("UPDATE projects SET identifier = @key WHERE id = @Project", new { key, world.Project });
        return (world, key);
    }

    private Task<string> PageAsync(string address) => tasker.Http.GetStringAsync(new Uri(address, UriKind.Relative));

    private static async Task<string> NextAsync(StreamReader lines, CancellationToken cancel)
    {
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                return System.Text.RegularExpressions.Regex.Unescape(line);
            }
        }

        throw new EndOfStreamException();
    }
}
