using System.Net;
using AgentGateway.Canon.SignIn;
using AgentGateway.Support;
using Microsoft.Extensions.Time.Testing;

namespace AgentGateway.Tasker.Tests.Agents;

/// <summary>A browser that was left open gets no token, and can still take things away.</summary>
public sealed class StaleSignInTests(AgentsWorld world) : IClassFixture<AgentsWorld>
{
    private const string Code = "BCDF-GHJK";

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());

    [Fact]
    public async Task What_hands_out_a_token_needs_a_sign_in_of_the_last_minutes()
    {
        var address = Loopback.FreeAddress();
        await using var tasker = TaskerHost.Build(Settings(address), _clock);
        await tasker.StartAsync();
        using var anna = await SignedIn.AsAsync(world.System, AgentsWorld.Anna, site: address, clock: _clock);
        var tokens = $"/settings/agents/{await anna.CreateAgentAsync("left open")}/tokens";
        var issued = await anna.PostAsync(tokens, ("label", "in time"), ("days", "7"));
        var token = Pages.TokenIdIn((await anna.GetAsync(tokens)).Html);
        var before = await world.FingerprintAsync();
        Assert.NotNull(Pages.TokenIn(issued.Html));

        _clock.Advance(BrowserSession.Fresh);
        var page = await anna.GetAsync(tokens);
        Assert.Contains("Sign in again first", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("name=\"label\"", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("/rotate", page.Html, StringComparison.Ordinal);
        await RefusedAsync(anna.PostAsync(tokens, ("label", "too late"), ("days", "7")), tokens);
        await RefusedAsync(anna.PostAsync($"{tokens}/{token}/rotate", ("overlap", "0")), tokens);
        await RefusedAsync(
            anna.PostAsync("/settings/agents/pair/approve", ("code", Code), ("name", "too late")), "/settings/agents/pair?code=" + Code);
        Assert.Equal(before, await world.FingerprintAsync());

        Assert.Equal(HttpStatusCode.SeeOther, (await anna.PostAsync($"{tokens}/{token}/revoke")).Status);
        using var again = await SignedIn.AsAsync(world.System, AgentsWorld.Anna, site: address, clock: _clock);
        Assert.NotNull(Pages.TokenIn((await again.PostAsync(tokens, ("label", "fresh"), ("days", "7"))).Html));
    }

    private static async Task RefusedAsync(Task<Sheet> answer, string back)
    {
        var sheet = await answer;
        Assert.Equal(HttpStatusCode.Forbidden, sheet.Status);
        Assert.Contains("Sign in again first", sheet.Html, StringComparison.Ordinal);
        Assert.Contains($"href=\"{back}\"", sheet.Html, StringComparison.Ordinal);
        Assert.Null(Pages.TokenIn(sheet.Html));
    }

    private TaskerSettings Settings(Uri address)
    {
        var environment = world.System.TaskerEnvironment.ToDictionary();
        environment["TASKER_URLS"] = address.GetLeftPart(UriPartial.Authority);
        return TaskerSettings.Read(environment, out var problems) ?? throw new InvalidOperationException(string.Join('\n', problems));
    }
}
