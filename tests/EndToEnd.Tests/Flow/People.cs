using System.Text.RegularExpressions;
using AgentGateway.Browser.Tests.Rig;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentGateway.EndToEnd.Tests.Flow;

/// <summary>What people do on the pages of a running demo, each in a browser of their own.</summary>
internal static class People
{
    /// <summary>Signed in at the Launcher as one of the demo's people.</summary>
    public static async Task<Tab> SignInAsync(Chromium chromium, Uri launcher, string name)
    {
        var tab = await chromium.OpenAsync(launcher);
        await tab.GoAsync("/sign-in");
        await tab.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex(Regex.Escape(name)) }).ClickAsync();
        await Expect(tab.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex("Open Tasker") })).ToBeVisibleAsync();
        return tab;
    }

    /// <summary>From the Launcher's home into Tasker or the console, by the signed word that lasts a minute.</summary>
    public static async Task OpenAsync(this Tab tab, Uri launcher, string partner, string address)
    {
        await tab.Page.GotoAsync(launcher.AbsoluteUri);
        await tab.Page.GetByRole(AriaRole.Button, new() { NameRegex = new Regex($"Open {partner}", RegexOptions.IgnoreCase) }).ClickAsync();
        await Expect(tab.Page).ToHaveURLAsync(new Regex("^" + Regex.Escape(address)));
    }

    /// <summary>An administrator switches somebody's Codex agents in the enterprise access dialog.</summary>
    public static async Task SwitchAsync(this Tab tab, Uri launcher, string user, bool on, string reason)
    {
        await tab.Page.GotoAsync(launcher.AbsoluteUri);
        await tab.Page.GetByRole(AriaRole.Link, new() { NameRegex = new Regex("People and access") }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = user }).ClickAsync();
        var dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByText("Codex agents", new() { Exact = true }).ClickAsync();
        await dialog.GetByLabel("Reason").First.FillAsync(reason);
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(tab.Page.GetByText($"Codex agents are switched {(on ? "on" : "off")}.")).ToBeVisibleAsync();
    }
}
