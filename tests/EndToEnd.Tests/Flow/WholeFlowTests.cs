using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AgentGateway.Browser.Tests.Rig;
using AgentGateway.EndToEnd.Tests.Codex;
using AgentGateway.EndToEnd.Tests.Connect;
using AgentGateway.EndToEnd.Tests.Demo;
using AgentGateway.EndToEnd.Tests.System;
using Microsoft.Playwright;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Flow;

/// <summary>
/// The whole life of an agent against ./demo, on the pages and with the real Codex: entitled, paired, at work, seen, revoked,
/// refused, and the refusal shown to a reviewer.
/// </summary>
[Collection(DemoCollection.Name)]
public sealed class WholeFlowTests(RunningDemo demo, Chromium chromium, ITestOutputHelper output) : IClassFixture<Chromium>
{
    private const string Owner = "Иван Соколов";

    [SkippableFact]
    public async Task An_agent_is_entitled_paired_works_is_seen_revoked_and_refused()
    {
        var codex = Tool.Require(Tool.Codex);
        var console = At("console");
        var launcher = new Uri(At("launcher"));
        var tasker = At("tasker");
        await using var anna = await People.SignInAsync(chromium, launcher, "Anna Petrova");
        await using var ivan = await People.SignInAsync(chromium, launcher, Owner);
        await ivan.OpenAsync(launcher, "Tasker", tasker);

        // Who is not entitled sees no agents; the Launcher's word counts at once.
        await anna.SwitchAsync(launcher, Owner, on: false, "on holiday");
        await FeatureAsync(ivan, tasker, isThere: false);
        await anna.SwitchAsync(launcher, Owner, on: true, "back again");
        await FeatureAsync(ivan, tasker, isThere: true);

        // The machine shows a code, its owner approves it on the page the machine names.
        using var machine = new ConnectRun(codex);
        var paired = await machine.RunAsync(
            code => ApproveAsync(ivan, tasker, code), "--gateway", At("gateway"), "--name", "whole-flow");
        Assert.True(paired.ExitCode == 0, paired.Error);
        var token = await paired.EvaluateAsync();

        // The real Codex makes a card with it.
        var title = $"Made by Codex {Guid.CreateVersion7():N}";
        var script = new CodexScript()
            .Call("create_card", new JsonObject { ["project"] = "NDC", ["title"] = title, ["idempotency_key"] = "whole-flow-1" }, answer =>
                Assert.Equal(true, (bool?)answer.Data?["created"]))
            .Say("Done.");
        await using (var run = await CodexRun.ExecuteAsync(
            codex, new Uri(At("mcp")), token, script, ToolMode.Direct, TimeSpan.FromSeconds(90)))
        {
            output.WriteLine(run.Describe());
            Assert.Equal(0, run.ExitCode);
            run.Model.Verify();
        }

        // Its owner sees it in the timeline, and revokes it by typing its name.
        await SeeAndRevokeAsync(ivan, tasker);

        // The next call is refused, and a reviewer sees that.
        Assert.Equal(HttpStatusCode.Unauthorized, await CallAsync(At("gateway"), token));
        await anna.OpenAsync(launcher, "console", console);
        await Expect(async () =>
        {
            await anna.Page.GotoAsync($"{console}/calls?agent=whole-flow&decision=deny&kind=all");
            return await anna.Page.Locator("tbody tr").CountAsync() > 0;
        });
        await Expect(anna.Page.Locator("tbody tr").First).ToContainTextAsync("whole-flow");
        await anna.AssertCleanAsync();
        await anna.PictureAsync("flow-denial");
    }

    private static async Task SeeAndRevokeAsync(Tab tab, string tasker)
    {
        await tab.Page.GotoAsync($"{tasker}/settings/agents");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "whole-flow", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Activity" }).ClickAsync();
        await Expect(tab.Page.GetByText("create_card").First).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
        await tab.PictureAsync("flow-activity");
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Overview" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Revoke…" }).ClickAsync();
        await tab.Page.GetByLabel("Name of the agent").FillAsync("whole-flow");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Revoke for ever" }).ClickAsync();
        await Expect(tab.Page.GetByText("This agent is revoked")).ToBeVisibleAsync();
        tab.AssertQuiet();
    }

    private string At(string part) => Assert.IsType<string>((string?)demo.Script.Read()[part]);

    private static async Task FeatureAsync(Tab tab, string tasker, bool isThere)
    {
        var card = tab.Page.Locator("#codex");
        await Expect(async () =>
        {
            await tab.Page.GotoAsync($"{tasker}/settings/features");
            return await card.CountAsync() == (isThere ? 1 : 0);
        });
        await tab.AssertCleanAsync();
    }

    private static async Task ApproveAsync(Tab tab, string tasker, string code)
    {
        await tab.Page.GotoAsync($"{tasker}/settings/agents/pair?code={code}");
        await Expect(tab.Page.GetByText("Did you start this yourself?")).ToBeVisibleAsync();
        await tab.AssertCleanAsync();
        await tab.Page.GetByLabel("NDC").CheckAsync();
        await tab.Page.GetByLabel("Contributor").CheckAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).First.ClickAsync();
        await Expect(tab.Page.GetByText("The machine fetches its token now").Or(tab.Page.GetByText("Finished"))).ToBeVisibleAsync();
    }

    // A page that follows what another service was told a moment ago: until it does, or patience ends.
    private static async Task Expect(Func<Task<bool>> holds)
    {
        for (var deadline = TimeProvider.System.GetUtcNow().AddSeconds(20); !await holds();)
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, "It did not come to that.");
            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    private static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    private static async Task<HttpStatusCode> CallAsync(string gateway, string token)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{gateway}/api/v1/tools/whoami");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = new StringContent("{}", MediaTypeHeaderValue.Parse("application/json"));
        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
