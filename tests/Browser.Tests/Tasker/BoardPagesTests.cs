using System.Text.Json.Nodes;
using AgentGateway.Browser.Tests.Rig;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentGateway.Browser.Tests.Tasker;

/// <summary>The board, its cards and the administrators' panel in a real browser, while an agent works through a real gateway.</summary>
[Collection(InChromium.Name)]
public sealed class BoardPagesTests(Chromium chromium, TaskerSite site) : IClassFixture<TaskerSite>
{
    [Theory]
    [InlineData("/", false, 1280)]
    [InlineData("/board/NDC", false, 1280)]
    [InlineData("/board/NDC", true, 1280)]
    [InlineData("/board/NDC", false, 390)]
    [InlineData("/board/NDC/6", false, 1280)]
    [InlineData("/board/NDC/6", true, 390)]
    [InlineData("/agents", false, 1280)]
    [InlineData("/agents", true, 390)]
    public async Task The_pages_are_clean_in_both_themes_and_on_a_phone(string path, bool isDark, int width)
    {
        await using var tab = await site.EnterAsync(chromium, path, isDark, width: width);

        await tab.AssertCleanAsync();
        await tab.AssertFitsAsync();
    }

    [Fact]
    public async Task An_open_board_and_an_open_panel_show_what_an_agent_begins_reports_and_ends()
    {
        var agent = await TokenAsync("night shift");
        await using var board = await site.EnterAsync(chromium, "/board/NDC");
        await using var panel = await site.EnterAsync(chromium, "/agents");
        await Expect(board.Page.Locator("#live[data-state=on]")).ToBeVisibleAsync();
        await Expect(panel.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(Row(panel)).ToContainTextAsync("Never seen");

        await CallAsync("start_work_session", """{"card":"NDC-12","goal":"Mend <b>the door</b>","plan":["look","mend"]}""", agent);

        var tile = board.Page.Locator(".tile", new() { HasText = "NDC-12" });
        await Expect(tile.Locator(".at-work")).ToContainTextAsync("night shift");
        await Expect(Row(panel)).ToContainTextAsync("Mend <b>the door</b>");
        await Expect(Row(panel)).ToContainTextAsync("Connected");

        await CallAsync("update_active_card", """{"progress":"Half of it **holds**.","status":"needs_input","done_steps":[1]}""", agent);
        await Expect(tile.Locator(".at-work")).ToContainTextAsync("needs input");
        await Expect(Row(panel)).ToContainTextAsync("needs input");
        await panel.AssertCleanAsync();
        await panel.PictureAsync("tasker-panel");

        await tile.GetByRole(AriaRole.Link).ClickAsync();
        var drawer = board.Page.GetByRole(AriaRole.Dialog);
        await Expect(drawer.GetByRole(AriaRole.Region, new() { Name = "Work session" })).ToContainTextAsync("Mend <b>the door</b>");
        await Expect(drawer.Locator(".session-note")).ToContainTextAsync("Half of it holds.");
        await board.AssertCleanAsync();
        await board.PictureAsync("tasker-card-session");

        await CallAsync("finish_work_session", """{"outcome":"completed","summary":"The door holds."}""", agent);
        await Expect(drawer.Locator(".session-note .pill")).ToHaveTextAsync("completed");
        await Expect(drawer.GetByRole(AriaRole.Region, new() { Name = "Work session" })).ToHaveCountAsync(0);
        await Expect(tile.Locator(".at-work")).ToHaveCountAsync(0);
        await Expect(Row(panel)).Not.ToContainTextAsync("Mend");
        await Expect(Row(panel).GetByRole(AriaRole.Link, new() { Name = "NDC-12" })).ToBeVisibleAsync();
        board.AssertQuiet();
        panel.AssertQuiet();
    }

    [Fact]
    public async Task Without_a_script_the_panel_shows_this_moment_and_a_way_to_ask_again()
    {
        await using var tab = await site.EnterAsync(chromium, "/agents?state=never", hasScript: false);

        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Never seen" })).ToHaveAttributeAsync("aria-current", "page");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Ask again" }).ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Agents at work" })).ToBeVisibleAsync();
    }

    private static ILocator Row(Tab panel) => panel.Page.GetByRole(AriaRole.Row, new() { Name = "night shift" });

    private Task<JsonNode> CallAsync(string tool, string arguments, string token) =>
        site.Programs.CallAsync($"/api/v1/tools/{tool}", arguments, token);

    private async Task<string> TokenAsync(string name)
    {
        var agent = await site.CreateAgentAsync(name);
        var issued = await site.Programs.AskAsync(
            HttpMethod.Post, $"owners/{TaskerSite.Anna:D}/agents/{agent}/tokens", new JsonObject { ["label"] = "test" });
        return (string?)issued["token"] ?? throw new InvalidOperationException(issued.ToJsonString());
    }
}
