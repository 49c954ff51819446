namespace AgentGateway.Tasker.Tests.Board;

public sealed class BrowserTests(BoardTracker tracker) : IClassFixture<BoardTracker>
{
    private const string Live = "document.getElementById('live').dataset.state === 'on'";

    [SkippableFact]
    public async Task An_agent_s_move_appears_on_an_open_board_and_is_marked()
    {
        await using var browser = await OpenAsync("/board/NDC");
        await browser.UntilAsync(Live);

        await tracker.MoveAsAgentAsync(12, "In Review");
        await browser.UntilAsync("document.querySelector('.tile.fresh-agent')");

        Assert.Equal("NDC-12", await browser.AskAsync("document.querySelector('.fresh-agent .key').textContent"));
        Assert.Equal("In Review", await browser.AskAsync(
            "document.querySelector('.fresh-agent').closest('.column').querySelector('h2').textContent"));
        Assert.Equal("Codex · laptop moved NDC-12 to In Review", await browser.AskAsync("news.textContent"));
        Assert.Empty(browser.Complaints);
    }

    [SkippableFact]
    public async Task A_hostile_title_does_nothing_in_a_browser_however_it_arrives()
    {
        const string Hostile = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>";
        await tracker.SetAsync("NDC-25", "name", Hostile);
        await using var browser = await OpenAsync("/board/NDC#25");
        await browser.UntilAsync($"{Live} && document.querySelector('dialog[open] .card h1')");

        await tracker.SetAsync("NDC-7", "name", Hostile);
        await browser.UntilAsync("document.querySelector('.tile.fresh')");

        Assert.Equal("NDC · Node DC Platform", await browser.AskAsync("document.title"));
        Assert.Equal(Hostile, await browser.AskAsync("document.querySelector('.tile.fresh h3').textContent"));
        Assert.Equal(Hostile, await browser.AskAsync("document.querySelector('dialog h1').textContent"));
        Assert.Empty(browser.Complaints);
    }

    [SkippableFact]
    public async Task A_card_opens_and_closes_without_leaving_the_board()
    {
        await using var browser = await OpenAsync("/board/NDC");
        await browser.UntilAsync(Live);

        await browser.AskAsync("document.querySelector('a[href=\"/board/NDC/6\"]').click()");
        await browser.UntilAsync("document.querySelector('dialog[open] .facts')");
        Assert.Equal("#6", await browser.AskAsync("location.hash"));

        await browser.AskAsync("document.querySelector('dialog .close').click()");
        await browser.UntilAsync("!document.querySelector('dialog[open]') && document.activeElement.pathname === '/board/NDC/6'");
        Assert.Empty(browser.Complaints);
    }

    [SkippableTheory]
    [InlineData("/")]
    [InlineData("/board/NDC")]
    [InlineData("/board/NDC/11")]
    public async Task A_page_fits_a_small_phone(string address)
    {
        await using var browser = await OpenAsync(address);
        await browser.ResizeAsync(360, 740);

        await browser.UntilAsync("document.readyState === 'complete' && document.getElementById('theme') && innerWidth === 360");

        Assert.Equal("360", await browser.AskAsync("document.documentElement.scrollWidth"));
        Assert.Empty(browser.Complaints);
    }

    private Task<Chromium> OpenAsync(string address)
    {
        var program = Chromium.Installed();
        Skip.If(program is null, "No Chromium is installed: the board was NOT tried in a browser.");
        return Chromium.OpenAsync(program, new Uri(tracker.Http.BaseAddress!, address));
    }
}
