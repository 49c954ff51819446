using AgentGateway.Tasker.Tests.Adapter;
using AgentGateway.Tasker.Tests.Board;

namespace AgentGateway.Tasker.Tests.Content;

public sealed class HistoryBrowserTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [SkippableFact]
    public async Task One_press_restores_a_version_in_the_drawer_and_on_the_page()
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        var card = await board.World.CardAsync("A card", new { content_markdown = "As it was" });
        (await board.World.Agent.AppendAsync(card, "An agent's line")).IsOk();
        await using var browser = await OpenAsync($"{board.Address}#{card.Split('-')[1]}");
        await browser.UntilAsync("document.querySelector('dialog[open] .versions form')");

        await browser.AskAsync("document.querySelector('dialog .versions form button').click()");
        await browser.UntilAsync("document.querySelectorAll('dialog .versions li').length === 3");
        Assert.Equal("As it was", await browser.AskAsync("document.querySelector('dialog .text').textContent.trim()"));

        await browser.AskAsync($"location.href = '{board.Of(card)}'");
        await browser.UntilAsync("!document.querySelector('dialog') && document.querySelectorAll('.versions form').length === 2");
        await browser.AskAsync("document.querySelector('.versions form button').click()");
        await browser.UntilAsync("document.querySelectorAll('.versions li').length === 4");
        Assert.Contains("An agent's line", await browser.AskAsync("document.querySelector('.text').textContent"), StringComparison.Ordinal);
        Assert.Empty(browser.Complaints);
    }

    [SkippableFact]
    public async Task The_front_page_switches_agents_off()
    {
        var board = await HistoryBoard.OpenAsync(tasker);
        await using var browser = await OpenAsync("/");
        var form = $"document.querySelector('form[action=\"/workspaces/{board.World.Workspace}/agents\"]')";
        await browser.UntilAsync($"{form} && document.readyState === 'complete'");

        await browser.AskAsync($"{form}.querySelector('button').click()");
        await browser.UntilAsync($"{form}?.textContent.includes('are off')");

        (await board.World.Agent.GetAsync($"/workspaces/{board.World.Slug}/projects")).IsProblem(403, "agents_disabled");
        Assert.Empty(browser.Complaints);
    }

    private Task<Chromium> OpenAsync(string address)
    {
        var program = Chromium.Installed();
        Skip.If(program is null, "No Chromium is installed: the history was NOT tried in a browser.");
        return Chromium.OpenAsync(program, new Uri(tasker.Http.BaseAddress!, address));
    }
}
