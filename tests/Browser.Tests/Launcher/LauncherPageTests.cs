using AgentGateway.Browser.Tests.Rig;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentGateway.Browser.Tests.Launcher;

/// <summary>The Launcher's pages in a real browser: both themes, small screens, by keyboard, without a script.</summary>
[Collection(InChromium.Name)]
public sealed class LauncherPageTests(Chromium chromium)
{
    private const string Blocked = "SELECT blocked FROM users WHERE display_name = 'Vera Sokolova'";
    private const string Entitled = "SELECT enabled FROM entitlements AS e JOIN users AS u ON u.id = user_id WHERE display_name = 'Vera Sokolova'";

    [Theory]
    [InlineData(false, 1280, "en-GB")]
    [InlineData(true, 1280, "en-GB")]
    [InlineData(false, 390, "ru-RU")]
    [InlineData(true, 390, "en-GB")]
    public async Task Every_page_is_clean(bool isDark, int width, string language)
    {
        await using var site = await LauncherSite.StartAsync();
        await using var tab = await site.EnterAsync(chromium, "Anna", isDark, width, language);
        (string Path, string? Picture)[] pages =
        [
            ("/", "launcher-home"),
            ("/#core-nodedc", "launcher-core"),
            ("/clients/nodedc/people", null),
            ($"/clients/nodedc/people/{site.People["Boris"]}", "launcher-access"),
            ("/clients/nodedc/changes", null),
            ("/clients/nodedc/deliveries", null),
            ("/changes", null),
            ("/no-such-page", null),
        ];
        foreach (var (path, picture) in pages)
        {
            await tab.Page.GotoAsync("about:blank");
            await tab.GoAsync(path);
            await tab.AssertCleanAsync();
            await tab.AssertFitsAsync();
            if (picture is not null && !isDark && width == 1280)
            {
                await tab.PictureAsync(picture);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_ways_in_are_clean(bool isDark)
    {
        await using var site = await LauncherSite.StartAsync();
        await using var tab = await chromium.OpenAsync(site.Address, isDark);
        foreach (var path in (string[])["/sign-in", await site.LinkAsync("Vera"), "/sign-in/" + new string('x', 43)])
        {
            await tab.GoAsync(path);
            await tab.AssertCleanAsync();
        }
    }

    [Fact]
    public async Task The_keyboard_alone_entitles_and_blocks()
    {
        await using var site = await LauncherSite.StartAsync();
        await using var tab = await site.EnterAsync(chromium, "Anna");
        await EnterAsync(tab, "People and access");
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "People" })).ToBeVisibleAsync();
        await EnterAsync(tab, "Vera Sokolova");
        var dialog = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "Access of Vera Sokolova" });
        await Expect(dialog).ToBeVisibleAsync();

        await TabToAsync(tab, "Codex agents");
        await tab.Page.Keyboard.PressAsync("Space");
        await EnterAsync(tab, "Save");
        await Expect(tab.Page.GetByText("Codex agents are switched on.")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Switch)).ToBeCheckedAsync();
        await tab.AssertCleanAsync();
        Assert.True(await site.ScalarAsync<bool>(Entitled));

        await TabToAsync(tab, "Reason\nrequired");
        await tab.Page.Keyboard.TypeAsync("left the company");
        await EnterAsync(tab, "Block");
        await Expect(tab.Page.GetByText("Blocked everywhere.")).ToBeVisibleAsync();
        await Expect(dialog).ToContainTextAsync("left the company");
        await tab.AssertCleanAsync();
        Assert.True(await site.ScalarAsync<bool>(Blocked));
    }

    [Fact]
    public async Task Switching_off_without_a_reason_says_what_is_missing_and_changes_nothing()
    {
        await using var site = await LauncherSite.StartAsync();
        await using var tab = await site.EnterAsync(chromium, "Anna");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Operational Core" }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "Operational Core" });

        await dialog.GetByText("Codex agents", new() { Exact = true }).ClickAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(tab.Page.GetByText("A reason is needed")).ToBeVisibleAsync();
        await Expect(dialog.GetByRole(AriaRole.Switch)).ToBeCheckedAsync();
        Assert.Equal(3, await site.ScalarAsync<long>("SELECT count(*) FROM entitlements WHERE enabled"));
    }

    [Fact]
    public async Task Without_a_script_a_link_signs_in_and_the_dialog_switches()
    {
        await using var site = await LauncherSite.StartAsync();
        await using var tab = await chromium.OpenAsync(site.Address, hasScript: false);

        await tab.GoAsync(await site.LinkAsync("Boris"));
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign in" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Operational Core" }).ClickAsync();
        var dialog = tab.Page.Locator("#core-nodedc");
        await dialog.GetByText("Codex agents", new() { Exact = true }).ClickAsync();
        await dialog.GetByLabel("Reason").FillAsync("on holiday");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();

        await Expect(tab.Page.GetByText("Codex agents are switched off.")).ToBeVisibleAsync();
        Assert.Equal("on holiday", await site.ScalarAsync<string>("SELECT reason FROM entitlements WHERE NOT enabled"));
    }

    [Fact]
    public async Task A_member_sees_their_own_state_and_turns_nothing()
    {
        await using var site = await LauncherSite.StartAsync();
        await using var tab = await site.EnterAsync(chromium, "Иван");

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Operational Core" }).ClickAsync();

        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).ToContainTextAsync("sample");
        await Expect(tab.Page.GetByRole(AriaRole.Switch)).ToHaveCountAsync(0);
        await Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "People and access" })).ToHaveCountAsync(0);
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task A_hostile_name_runs_nothing()
    {
        await using var site = await LauncherSite.StartAsync();
        await site.ScalarAsync<object>("UPDATE users SET display_name = '\"><img src=x onerror=alert(1)>' || left(display_name, 4)");
        await site.ScalarAsync<object>("UPDATE clients SET name = '</title><script>alert(1)</script>'");
        await using var tab = await site.EnterAsync(chromium, "Anna");
        foreach (var path in (string[])["/", "/clients/nodedc/people", $"/clients/nodedc/people/{site.People["Vera"]}", "/clients/nodedc/changes"])
        {
            await tab.GoAsync(path);
            await tab.AssertCleanAsync();
        }
    }

    private static async Task EnterAsync(Tab tab, string words)
    {
        await TabToAsync(tab, words);
        await tab.Page.Keyboard.PressAsync("Enter");
    }

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
