using System.Net;

namespace AgentGateway.Tasker.Tests.Agents;

/// <summary>Runs on a system of its own, because its gateway is ended.</summary>
public sealed class GatewayAwayTests(AgentsWorld world) : IClassFixture<AgentsWorld>
{
    [Fact]
    public async Task A_gateway_that_is_away_is_told_and_what_was_entered_is_kept()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var agent = await anna.CreateAgentAsync("before");
        world.System.KillGateway();

        foreach (var path in (string[])["/settings/agents", $"/settings/agents/{agent}", "/settings/agents/pair?code=BCDF-GHJK"])
        {
            var page = await anna.GetAsync(path);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, page.Status);
            Assert.Contains("The gateway cannot be reached", page.Html, StringComparison.Ordinal);
            Assert.DoesNotContain(world.System.InternalToken, page.Html, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, (await anna.GetAsync("/settings/features")).Status);
        var saved = await anna.PostAsync($"/settings/agents/{agent}", ("name", "a name typed with care"), ("mode", "full"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, saved.Status);
        Assert.Contains("value=\"a name typed with care\"", saved.Html, StringComparison.Ordinal);
        var made = await anna.PostAsync(
            "/settings/agents", ("name", "another with care"), ("mode", "full"), ("bundle", "reporter"), ("projects", "NDC"),
            ("once", "0123456789abcdef0123456789abcdef"));
        Assert.Contains("value=\"another with care\"", made.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"0123456789abcdef0123456789abcdef\"", made.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(world.System.InternalToken, world.System.Log, StringComparison.Ordinal);
    }
}
