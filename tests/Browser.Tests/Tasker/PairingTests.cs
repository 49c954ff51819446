using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using AgentGateway.Browser.Tests.Rig;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentGateway.Browser.Tests.Tasker;

/// <summary>A machine pairs with the real pairing API while a person decides in a real browser.</summary>
[Collection(InChromium.Name)]
public sealed class PairingTests(Chromium chromium, TaskerSite site) : IClassFixture<TaskerSite>
{
    private const string Verifier = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    [Fact]
    public async Task A_person_lets_a_machine_in_and_sees_it_connect()
    {
        var (device, code) = await StartAsync("build machine");
        await using var tab = await site.EnterAsync(chromium, "/settings/agents/pair");
        await tab.AssertCleanAsync();
        await tab.Page.GetByLabel("Code").FillAsync(code);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Look who asks" }).ClickAsync();
        await Expect(tab.Page.GetByText("Did you start this yourself?")).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
        await tab.AssertFitsAsync();
        await tab.PictureAsync("tasker-pairing");

        await tab.Page.GetByLabel("NDC").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).First.ClickAsync();
        await Expect(tab.Page.GetByText("Finished").Or(tab.Page.GetByText("The machine fetches its token now"))).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
        var token = (string?)(await site.Programs.CallAsync(
            "/api/v1/pairing/token", $$"""{"device_code":"{{device}}","verifier":"{{Verifier}}"}"""))["token"];
        await site.Programs.CallAsync("/api/v1/tools/whoami", "{}", token);

        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "build machine" }).ClickAsync();
        await Expect(tab.Page.GetByText("Connected:")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        tab.AssertQuiet();
    }

    [Fact]
    public async Task A_person_turns_a_machine_away()
    {
        var (_, code) = await StartAsync("<b>stranger</b>");
        await using var tab = await site.EnterAsync(chromium, $"/settings/agents/pair?code={code}");
        await Expect(tab.Page.GetByText("<b>stranger</b>").First).ToBeVisibleAsync();

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Turn away" }).ClickAsync();

        await Expect(tab.Page.GetByText("The machine was turned away.")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    private async Task<(string Device, string Code)> StartAsync(string name)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        var started = await site.Programs.CallAsync("/api/v1/pairing", $$"""{"name":"{{name}}","challenge":"{{challenge}}"}""");
        return ((string)started["device_code"]!, (string)started["user_code"]!);
    }
}
