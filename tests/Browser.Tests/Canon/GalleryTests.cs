using AgentGateway.Browser.Tests.Rig;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentGateway.Browser.Tests.Canon;

/// <summary>Every shared part in a real browser: both themes, by keyboard, without a script, without a complaint.</summary>
[Collection(InChromium.Name)]
public sealed class GalleryTests(Chromium chromium)
{
    [Theory]
    [InlineData(false, 1280)]
    [InlineData(true, 1280)]
    [InlineData(false, 390)]
    [InlineData(true, 390)]
    public async Task The_gallery_is_clean(bool isDark, int width)
    {
        await using var site = await GallerySite.StartAsync();
        await using var tab = await site.EnterAsync(chromium, isDark, width);

        await tab.AssertCleanAsync();

        await tab.AssertFitsAsync();
    }

    [Fact]
    public async Task The_keyboard_alone_turns_the_switch_and_uses_the_dialog()
    {
        await using var site = await GallerySite.StartAsync();
        await using var tab = await site.EnterAsync(chromium);
        var keys = tab.Page.Keyboard;

        await keys.PressAsync("Tab");
        Assert.Equal("Skip to content", await tab.FocusAsync());
        await keys.PressAsync("Enter");
        await TabToAsync(tab, "Revoke…");
        await keys.PressAsync("Enter");
        await Expect(tab.Page.GetByRole(AriaRole.Dialog, new() { Name = "Revoke the agent?" })).ToBeVisibleAsync();
        Assert.True(await tab.Page.EvaluateAsync<bool>("document.activeElement.closest('dialog') !== null"));
        await tab.AssertCleanAsync();
        await keys.PressAsync("Escape");
        await Expect(tab.Page.GetByRole(AriaRole.Dialog)).Not.ToBeVisibleAsync();
        Assert.Equal("Revoke…", await tab.FocusAsync());

        await TabToAsync(tab, "Agents may work");
        await keys.PressAsync("Space");
        await Expect(tab.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("Agents may work.");
        await Expect(tab.Page.GetByRole(AriaRole.Switch, new() { Name = "Agents may work" })).ToBeCheckedAsync();
        Assert.True(site.IsOn);
        await tab.AssertCleanAsync();
    }

    [Fact]
    public async Task Without_a_script_every_action_is_still_there()
    {
        await using var site = await GallerySite.StartAsync();
        await using var tab = await chromium.OpenAsync(site.Address, hasScript: false);

        await tab.GoAsync("/hand-over");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Continue to Gallery" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Gallery" })).ToBeVisibleAsync();
        await tab.Page.GetByText("Agents may work").ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Switch, new() { Name = "Agents may work" })).ToBeCheckedAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke…" }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Revoke the agent?" })).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Sign out" }).ClickAsync();
        await Expect(tab.Page.GetByText("Open it from the Launcher.")).ToBeVisibleAsync();

        Assert.True(site.IsOn);
    }

    [Fact]
    public async Task A_chosen_theme_stays()
    {
        await using var site = await GallerySite.StartAsync();
        await using var tab = await site.EnterAsync(chromium);

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Switch between light and dark" }).ClickAsync();
        await tab.GoAsync("/");

        Assert.Equal("dark", await tab.Page.EvaluateAsync<string>("getComputedStyle(document.documentElement).colorScheme"));
        tab.AssertQuiet();
    }

    [Theory]
    [InlineData("/faulty/label", "label")]
    [InlineData("/faulty/contrast", "color-contrast")]
    [InlineData("/faulty/script", "csp")]
    [InlineData("/faulty/style", "csp")]
    [InlineData("/faulty/sink", "TrustedHTML")]
    public async Task A_faulty_page_is_found(string path, string complaint)
    {
        await using var site = await GallerySite.StartAsync();
        await using var tab = await chromium.OpenAsync(site.Address);
        await tab.GoAsync(path);

        var found = await Assert.ThrowsAnyAsync<Exception>(tab.AssertCleanAsync);

        Assert.Contains(complaint, found.Message, StringComparison.Ordinal);
    }

    private static async Task TabToAsync(Tab tab, string words)
    {
        for (var press = 0; press < 40; press++)
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
