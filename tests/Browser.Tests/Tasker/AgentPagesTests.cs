using AgentGateway.Browser.Tests.Rig;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentGateway.Browser.Tests.Tasker;

/// <summary>The pages on agents in a real browser before a real gateway.</summary>
[Collection(InChromium.Name)]
public sealed class AgentPagesTests(Chromium chromium, TaskerSite site) : IClassFixture<TaskerSite>
{
    [Fact]
    public async Task By_keyboard_alone_an_agent_is_made_gets_its_token_and_is_revoked()
    {
        await using var tab = await site.EnterAsync(chromium, "/settings/agents");
        var keys = tab.Page.Keyboard;
        await TabToAsync(tab, "New agent");
        await keys.PressAsync("Enter");
        await Expect(Heading(tab, "New agent")).ToBeVisibleAsync();

        await TabToAsync(tab, "Name");
        await keys.TypeAsync("keyboard");
        await TabToAsync(tab, "NDC");
        await keys.PressAsync("Space");
        await TabToAsync(tab, "Contributor");
        await keys.PressAsync("ArrowUp");
        await Expect(Heading(tab, "Reporter: it can call")).ToBeVisibleAsync();
        await Expect(Heading(tab, "Contributor: it can call")).ToBeHiddenAsync();
        await tab.AssertCleanAsync();
        await TabToAsync(tab, "Make the agent");
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByText("Waiting for Codex")).ToBeVisibleAsync();

        await TabToAsync(tab, "Tokens");
        await keys.PressAsync("Enter");
        await Expect(Heading(tab, "Issue a token")).ToBeVisibleAsync();
        await TabToAsync(tab, "Label");
        await keys.TypeAsync("laptop");
        await TabToAsync(tab, "Issue a token");
        await keys.PressAsync("Enter");
        await Expect(Heading(tab, "The new token")).ToBeVisibleAsync();
        Assert.StartsWith("ndca1_", await tab.Page.Locator("pre code").InnerTextAsync(), StringComparison.Ordinal);
        await tab.AssertCleanAsync();
        await TabToAsync(tab, "I have copied it");
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByText("Live", new() { Exact = true })).ToBeVisibleAsync();
        Assert.DoesNotMatch("ndca1_[0-9A-Za-z]{49}", await tab.Page.ContentAsync());

        await TabToAsync(tab, "Overview");
        await keys.PressAsync("Enter");
        await Expect(Heading(tab, "Stop this agent")).ToBeVisibleAsync();
        await TabToAsync(tab, "Revoke…");
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
        await TabToAsync(tab, "Name of the agent");
        await keys.TypeAsync("keyboard");
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByText("This agent is revoked")).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_waiting_set_up_page_tells_of_the_first_call_by_itself()
    {
        var agent = await site.CreateAgentAsync("watched", "observer");
        await using var tab = await site.EnterAsync(chromium, $"/settings/agents/{agent}/tokens");
        await tab.Page.GetByLabel("Label").FillAsync("watched");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Issue a token" }).ClickAsync();
        var token = await tab.Page.Locator("pre code").InnerTextAsync();
        await tab.GoAsync($"/settings/agents/{agent}/setup");
        await Expect(tab.Page.GetByText("Waiting for Codex")).ToBeVisibleAsync();

        await site.Programs.CallAsync("/api/v1/tools/whoami", "{}", token);

        await Expect(tab.Page.GetByText("Connected:")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await tab.AssertCleanAsync();
    }

    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    public async Task Every_page_is_clean_and_fits(bool isDark, int width)
    {
        var agent = await site.CreateAgentAsync("Codex · laptop");
        await using var tab = await site.EnterAsync(chromium, "/settings/features", isDark, width: width);
        var root = $"/settings/agents/{agent}";

        foreach (var (path, picture) in new[]
        {
            ("/settings/features", "tasker-features"), ("/settings/agents", ""), ("/settings/agents/new", "tasker-new-agent"),
            ("/settings/agents/pair", ""), (root, ""), ($"{root}/setup", ""),
            ($"{root}/tokens", ""), ($"{root}/activity", ""), ($"{root}/review", ""),
            ("/settings/agents/ag_nobody", ""), ("/settings/agents?all=true", ""),
        })
        {
            await tab.GoAsync(path);
            await tab.AssertCleanAsync();
            await tab.AssertFitsAsync();
            if (picture.Length > 0 && width > 1000 && !isDark)
            {
                await tab.PictureAsync(picture);
            }
        }
    }

    [Theory]
    [InlineData("<script>document.title='owned'</script>")]
    [InlineData("\"><img src=x onerror=\"document.title='owned'\">")]
    [InlineData("'; DROP TABLE agents; --")]
    [InlineData("{{7*7}} ${7*7} @(7*7)")]
    [InlineData("\u202Eevil\u202C\u2066x\u2069")]
    [InlineData("Ω≈ç√∫˜µ≤≥÷ 田中さん 👩‍👩‍👧 نص عربي")]
    [InlineData("Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́")]
    [InlineData("javascript:alert(1)//&lt;b&gt;")]
    public async Task A_naughty_name_is_only_a_name(string name)
    {
        var agent = await site.CreateAgentAsync(name);
        await using var tab = await site.EnterAsync(chromium, "/settings/agents");
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }))
            .ToHaveAttributeAsync("href", $"/settings/agents/{agent}");
        tab.AssertQuiet();

        foreach (var path in (string[])["", "/setup", "/tokens", "/activity", "/review"])
        {
            await tab.GoAsync($"/settings/agents/{agent}{path}");
            Assert.NotEqual("owned", await tab.Page.TitleAsync());
            tab.AssertQuiet();
        }

        await tab.GoAsync($"/settings/agents/{agent}");
        tab.AssertQuiet();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke…" }).ClickAsync();
        await tab.Page.GetByLabel("Name of the agent").FillAsync(name);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke for ever" }).ClickAsync();
        await Expect(tab.Page.GetByText("This agent is revoked")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task An_administrator_stops_every_agent_by_keyboard_after_being_asked()
    {
        var agent = await site.CreateAgentAsync("stopped", "observer");
        await using var tab = await site.EnterAsync(chromium, "/settings/features");
        await TabToAsync(tab, "Stop every agent of the workspace…");
        await tab.Page.Keyboard.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "Stop every agent now?" })).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
        await TabToAsync(tab, "Stop every agent of the workspace");
        await tab.Page.Keyboard.PressAsync("Enter");

        await Expect(tab.Page.GetByText("Suspended agents:")).ToBeVisibleAsync();
        await tab.GoAsync($"/settings/agents/{agent}");
        await Expect(tab.Page.GetByText("Suspended", new() { Exact = true })).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    [Fact]
    public async Task Without_a_script_an_agent_is_made_and_revoked_just_the_same()
    {
        await using var tab = await site.EnterAsync(chromium, "/settings/agents/new", hasScript: false);
        await tab.Page.GetByLabel("Name").FillAsync("no script");
        await tab.Page.GetByLabel("OPS").CheckAsync();
        await tab.Page.GetByLabel("Observer").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Make the agent" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "Look again" })).ToBeVisibleAsync();

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke…" }).ClickAsync();
        await tab.Page.GetByLabel("Name of the agent").FillAsync("no script");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke for ever" }).ClickAsync();

        await Expect(tab.Page.GetByText("This agent is revoked")).ToBeVisibleAsync();
    }

    private static ILocator Heading(Tab tab, string name) => tab.Page.GetByRole(AriaRole.Heading, new() { Name = name });

    private static async Task TabToAsync(Tab tab, string words)
    {
        for (var press = 0; press < 60; press++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            if ((await tab.FocusAsync()).StartsWith(words, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"The keyboard does not reach \"{words}\".");
    }
}
