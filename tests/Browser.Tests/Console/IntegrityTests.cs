using System.Security.Cryptography;
using AgentGateway.Browser.Tests.Rig;
using AgentGateway.Canon.SignIn;
using AgentGateway.Support;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace AgentGateway.Browser.Tests.Console;

/// <summary>A reviewer verifies a book that a real gateway has sealed, before and after somebody rewrote a row.</summary>
[Collection(InChromium.Name)]
public sealed class IntegrityTests(Chromium chromium, ConsoleSite site) : IClassFixture<ConsoleSite>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_reviewer_sees_whether_the_book_was_tampered_with()
    {
        await SealAsync();
        await using var tab = await site.EnterAsync(chromium, Role.Reviewer);
        await tab.GoAsync("/integrity");
        await tab.AssertCleanAsync();

        await VerifyAsync(tab);
        await Expect(tab.Page.GetByText("Nothing was tampered with")).ToBeVisibleAsync(new() { Timeout = (float)Patience.TotalMilliseconds });
        await tab.AssertCleanAsync();
        await tab.PictureAsync("console-integrity");

        await site.Book.ExecuteAsync("""
            ALTER TABLE audit_events DISABLE TRIGGER ALL;
            UPDATE audit_events SET reason = NULL, decision = 'succeeded' WHERE sequence = (SELECT min(sequence) + 7 FROM audit_events);
            ALTER TABLE audit_events ENABLE TRIGGER ALL
            """);
        await VerifyAsync(tab);

        await Expect(tab.Page.GetByText("row_changed")).ToBeVisibleAsync(new() { Timeout = (float)Patience.TotalMilliseconds });
        await Expect(tab.Page.GetByText("Tampered: 1 findings")).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
    }

    private static Task VerifyAsync(Tab tab) => tab.Page.GetByRole(AriaRole.Button, new() { Name = "Verify now" }).ClickAsync();

    /// <summary>Runs a gateway with the checkpoint key until it has sealed everything that is there.</summary>
    private async Task SealAsync()
    {
        var settings = new Dictionary<string, string>(site.Book.Environment())
        {
            ["NODEDC_AGENT_GATEWAY_URLS"] = $"http://127.0.0.1:{Loopback.FreePort()}",
            ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = RandomNumberGenerator.GetHexString(64),
            ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = RandomNumberGenerator.GetHexString(64),
            ["NODEDC_AGENT_GATEWAY_CHECKPOINT_KEY_FILE"] = site.File("seal.key"),
            ["NODEDC_TASKER_BASE_URL"] = "http://127.0.0.1:1",
            ["NODEDC_TASKER_INTERNAL_TOKEN"] = RandomNumberGenerator.GetHexString(64),
        };
        await using var gateway = ServerProgram.Start(Book.Gateway, ["serve"], settings, site.File("gateway.log"));
        var until = TimeProvider.System.GetUtcNow() + Patience;
        while (await site.Book.UnsealedAsync() > 0)
        {
            Assert.True(!gateway.HasExited && TimeProvider.System.GetUtcNow() < until, gateway.Log);
            await Task.Delay(100);
        }
    }
}
