using System.Net;

namespace AgentGateway.Tasker.Tests.Agents;

public sealed class TokenPageTests(AgentsWorld world) : IClassFixture<AgentsWorld>
{
    [Fact]
    public async Task A_token_is_shown_once_and_works_until_it_is_revoked()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var root = $"/settings/agents/{await anna.CreateAgentAsync("with a token")}";
        (string, string)[] form = [("label", "laptop"), ("days", "30"), ("once", "0123456789abcdef0123456789abcdef")];

        var issued = await anna.PostAsync($"{root}/tokens", form);
        var token = Pages.TokenIn(issued.Html);
        var again = await anna.PostAsync($"{root}/tokens", form);

        Assert.NotNull(token);
        Assert.Null(Pages.TokenIn(again.Html));
        Assert.Contains("shown already", again.Html, StringComparison.Ordinal);
        Assert.Null(Pages.TokenIn((await anna.GetAsync($"{root}/tokens")).Html));
        Assert.DoesNotContain(token, world.System.Log, StringComparison.Ordinal);
        var called = await world.System.CallAsync("/api/v1/tools/whoami", "{}", token);
        Assert.Equal("with a token", (string?)called["agent"]?["name"]);

        var id = Pages.TokenIdIn((await anna.GetAsync($"{root}/tokens")).Html);
        Assert.Equal(HttpStatusCode.SeeOther, (await anna.PostAsync($"{root}/tokens/{id}/revoke")).Status);
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.System.CallAsync("/api/v1/tools/whoami", "{}", token));
    }

    [Fact]
    public async Task A_rotated_token_gives_way_to_the_new_one()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var root = $"/settings/agents/{await anna.CreateAgentAsync("rotating")}";
        var old = Pages.TokenIn((await anna.PostAsync($"{root}/tokens", ("label", "one"), ("days", "90"))).Html);
        var id = Pages.TokenIdIn((await anna.GetAsync($"{root}/tokens")).Html);

        var rotated = Pages.TokenIn((await anna.PostAsync($"{root}/tokens/{id}/rotate", ("overlap", "0"))).Html);

        Assert.NotEqual(old, rotated);
        await world.System.CallAsync("/api/v1/tools/whoami", "{}", rotated);
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.System.CallAsync("/api/v1/tools/whoami", "{}", old));
    }

    [Fact]
    public async Task A_third_token_is_refused_with_the_gateways_reason_and_the_label_stays()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var root = $"/settings/agents/{await anna.CreateAgentAsync("two at most")}/tokens";
        await anna.PostAsync(root, ("label", "one"), ("days", "7"));
        await anna.PostAsync(root, ("label", "two"), ("days", "7"));

        var third = await anna.PostAsync(root, ("label", "three & more"), ("days", "7"));

        Assert.Equal(HttpStatusCode.Conflict, third.Status);
        Assert.Contains("This was not done", third.Html, StringComparison.Ordinal);
        Assert.Contains("value=\"three &amp; more\"", third.Html, StringComparison.Ordinal);
        Assert.Null(Pages.TokenIn(third.Html));
    }
}
