using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Tasker.Tests.Agents;

public sealed class PairingPageTests(AgentsWorld world) : IClassFixture<AgentsWorld>
{
    private const string Verifier = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

    [Fact]
    public async Task A_machine_is_let_in_with_what_the_owner_chose_and_not_with_what_it_asked_for()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var (device, code) = await StartAsync("""
            ,"host":"build-7","client":"codex 1.0","requested":{"projects":["NDC","OPS"],"bundle":"maintainer"}
            """);

        var asked = await anna.GetAsync($"/settings/agents/pair?code={code}");
        Assert.Contains("build-7", asked.Html, StringComparison.Ordinal);
        Assert.Contains("NDC, OPS · Maintainer", WebUtility.HtmlDecode(asked.Html), StringComparison.Ordinal);
        var approved = await anna.PostAsync(
            "/settings/agents/pair/approve", ("code", code), ("name", "paired"), ("mode", "full"), ("bundle", "observer"), ("projects", "OPS"));
        Assert.Equal(HttpStatusCode.OK, approved.Status);
        Assert.Contains("/setup", approved.Html, StringComparison.Ordinal);

        var token = (string?)(await PollAsync(device))["token"];
        var who = await world.System.CallAsync("/api/v1/tools/whoami", "{}", token);
        Assert.Equal("paired", (string?)who["agent"]?["name"]);
        Assert.Null(Pages.TokenIn(approved.Html));
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => world.System.CallAsync("/api/v1/tools/get_card", """{"card":"NDC-1"}""", token));
    }

    [Fact]
    public async Task A_machine_may_become_an_agent_there_is()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var agent = await anna.CreateAgentAsync("known", "observer", "OPS");
        var (device, code) = await StartAsync("");

        await anna.PostAsync("/settings/agents/pair/approve", ("code", code), ("agent", agent));

        Assert.Equal(agent, (string?)(await PollAsync(device))["agent"]?["id"]);
    }

    [Fact]
    public async Task Nobody_lets_a_machine_in_as_anothers_agent()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        using var maria = await SignedIn.AsAsync(world.System, AgentsWorld.Maria);
        var agent = await anna.CreateAgentAsync("anna's", "observer", "OPS");
        var (_, code) = await StartAsync("");

        var answer = await maria.PostAsync("/settings/agents/pair/approve", ("code", code), ("agent", agent));

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains("Waits for you", (await maria.GetAsync($"/settings/agents/pair?code={code}")).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_that_is_turned_away_is_told_so()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var (device, code) = await StartAsync("");

        Assert.Equal(HttpStatusCode.SeeOther, (await anna.PostAsync("/settings/agents/pair/deny", ("code", code))).Status);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => PollAsync(device));
        Assert.Contains("access_denied", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ZZZZ-ZZZZ")]
    [InlineData("../../agents")]
    [InlineData("<script>")]
    public async Task A_code_behind_which_nobody_waits_is_told_and_the_field_stays(string code)
    {
        using var anna = await SignedIn.AnnaAsync(world.System);

        var answer = await anna.GetAsync($"/settings/agents/pair?code={Uri.EscapeDataString(code)}");

        Assert.Equal(HttpStatusCode.NotFound, answer.Status);
        Assert.Contains("Nobody waits behind this code", answer.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", answer.Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_page_cannot_make_a_browser_try_codes()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);

        for (var attempt = 0; attempt < 8; attempt++)
        {
            var answer = await anna.GetAsync("/settings/agents/pair?code=BCDF-GHJK", "cross-site");
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Contains("value=\"BCDF-GHJK\"", answer.Html, StringComparison.Ordinal);
        }

        var (_, code) = await StartAsync("");
        Assert.Equal(HttpStatusCode.OK, (await anna.GetAsync($"/settings/agents/pair?code={code}")).Status);
    }

    [Fact]
    public async Task What_was_chosen_comes_back_when_something_is_missing()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var (_, code) = await StartAsync("");

        var answer = await anna.PostAsync(
            "/settings/agents/pair/approve", ("code", code), ("name", "half done"), ("mode", "read_only"), ("bundle", "reporter"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.Status);
        Assert.Contains("value=\"half done\"", answer.Html, StringComparison.Ordinal);
        Assert.Matches("value=\"reporter\" checked", answer.Html);
        Assert.Contains("Choose at least one project", answer.Html, StringComparison.Ordinal);
    }

    private async Task<(string Device, string Code)> StartAsync(string more)
    {
        var challenge = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));
        var started = await world.System.CallAsync("/api/v1/pairing", $$"""{"name":"laptop","challenge":"{{challenge}}"{{more}}}""");
        return ((string)started["device_code"]!, (string)started["user_code"]!);
    }

    private Task<System.Text.Json.Nodes.JsonNode> PollAsync(string device) =>
        world.System.CallAsync("/api/v1/pairing/token", $$"""{"device_code":"{{device}}","verifier":"{{Verifier}}"}""");
}
