using System.Net.Http.Json;
using System.Text.Json.Nodes;
using AgentGateway.Support;

namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>Two owners of a running demo, and the Launcher that lets them have agents.</summary>
[Collection(DemoCollection.Name)]
public sealed class EntitlementTests(RunningDemo demo)
{
    [Fact]
    public async Task The_second_owners_agent_reads_and_cannot_write()
    {
        var tools = (await demo.AskAsync("tools/list", second: true))["tools"]!.AsArray().Select(tool => (string?)tool!["name"]).ToList();

        Assert.Contains("get_card", tools);
        Assert.DoesNotContain("create_card", tools);
    }

    [Fact]
    public async Task Who_is_switched_off_in_the_launcher_is_refused_and_the_other_owner_is_not()
    {
        await SwitchAsync(enabled: false);
        try
        {
            await Eventually.TrueAsync(async () => await RefusalAsync() == "agents_disabled");
            Assert.NotNull(await demo.AskAsync("tools/list"));
        }
        finally
        {
            await SwitchAsync(enabled: true);
        }

        await Eventually.TrueAsync(async () => await RefusalAsync() is null);
    }

    private async Task<string?> RefusalAsync()
    {
        try
        {
            await demo.AskAsync("tools/list", second: true);
            return null;
        }
        catch (InvalidOperationException refused)
        {
            return refused.Message.Contains("agents_disabled", StringComparison.Ordinal) ? "agents_disabled" : refused.Message;
        }
    }

    private async Task SwitchAsync(bool enabled)
    {
        var written = demo.Script.Read();
        using var client = new HttpClient { BaseAddress = new Uri((string)written["launcher"]!) };
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {(string)written["launcherApiToken"]!}");
        client.DefaultRequestHeaders.Add("X-NodeDC-Actor", (string)written["owner"]!["id"]!);
        var address = $"/api/v1/clients/nodedc/users/{(string)written["second"]!["owner"]!["id"]!}/modules/codex_agents";
        using var answer = await client.PutAsJsonAsync(address, new JsonObject { ["enabled"] = enabled, ["reason"] = "a try" });
        answer.EnsureSuccessStatusCode();
    }
}
