using System.Net;
using AgentGateway.Canon.SignIn;
using AgentGateway.Tasker.SignIn;
using Microsoft.AspNetCore.Routing;

namespace AgentGateway.Tasker.Tests.Agents;

public sealed class ForeignFormTests(AgentsWorld world) : IClassFixture<AgentsWorld>
{
    private const string Code = "BCDF-GHJK";

    /// <summary>Every route that changes something, as the program itself maps it.</summary>
    private static IReadOnlyList<string> Changes()
    {
        const string Secret = "only-for-tests-0123456789abcdef-0123";
        var app = TaskerHost.Build(new TaskerSettings
        {
            Urls = "http://127.0.0.1:0",
            Database = "Host=127.0.0.1",
            InternalTokens = [Secret],
            RawApiKey = Secret,
            PublicUrl = new Uri("http://127.0.0.1"),
            Launch = new LaunchPartners(),
        });
        return
        [
            .. ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
                .Where(route => route.RoutePattern.RawText!.StartsWith("/settings", StringComparison.Ordinal))
                .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Contains("POST"))
                .Select(route => route.RoutePattern.RawText!),
        ];
    }

    [Fact]
    public async Task No_change_comes_from_anywhere_but_our_own_forms()
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var agent = await anna.CreateAgentAsync("target");
        await anna.PostAsync($"/settings/agents/{agent}/tokens", ("label", "t"), ("days", "7"));
        var token = Pages.TokenIdIn((await anna.GetAsync($"/settings/agents/{agent}/tokens")).Html);
        (string, string)[] fields =
        [
            ("name", "taken over"), ("mode", "full"), ("bundle", "maintainer"), ("projects", "NDC"), ("project", "NDC"), ("maximum", "off"),
            ("whose", "workspace"), ("confirm", "target"), ("label", "x"), ("days", "7"), ("overlap", "0"), ("code", Code),
        ];
        var before = await world.FingerprintAsync();

        var changes = Changes();
        Assert.True(changes.Count >= 17, $"Only {changes.Count} routes were found.");
        foreach (var path in changes.Select(path => path.Replace("{agent}", agent, StringComparison.Ordinal)
            .Replace("{project}", "NDC", StringComparison.Ordinal).Replace("{token:guid}", token, StringComparison.Ordinal)))
        {
            await RefusedAsync(path, anna.SendAsync(path, "same-origin", fields));
            await RefusedAsync(path, anna.SendAsync(path, "same-origin", [.. fields, (Csrf.Field, "guessed")]));
            await RefusedAsync(path, anna.SendAsync(path, "cross-site", [.. fields, (Csrf.Field, anna.Csrf)]));
            await RefusedAsync(path, anna.SendAsync(path, "same-site", [.. fields, (Csrf.Field, anna.Csrf)]));
        }

        Assert.Equal(before, await world.FingerprintAsync());
    }

    [Theory]
    [InlineData("approve")]
    [InlineData("deny")]
    public async Task A_pairing_is_decided_only_where_the_browser_says_that_our_own_page_asks(string deed)
    {
        using var anna = await SignedIn.AnnaAsync(world.System);
        var before = await world.FingerprintAsync();

        await RefusedAsync(deed, anna.SendAsync($"/settings/agents/pair/{deed}", site: null, ("code", Code), (Csrf.Field, anna.Csrf)));

        Assert.Equal(before, await world.FingerprintAsync());
    }

    [Fact]
    public async Task Without_a_session_nothing_is_shown()
    {
        using var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = world.System.Tasker };

        foreach (var path in (string[])["/", "/board/NDC", "/board/NDC/1", "/settings/agents", "/settings/features"])
        {
            using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((HttpStatusCode.SeeOther, "/sign-in"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        }

        // The one page that keeps its address, for the code in it; it shows nothing of anybody.
        using var pairing = await http.GetAsync(new Uri("/settings/agents/pair?code=BCDF-GHJK", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, pairing.StatusCode);
        Assert.DoesNotContain("BCDF", await pairing.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pages_are_kept_by_nobody_and_run_nothing_foreign()
    {
        using var http = new HttpClient { BaseAddress = world.System.Tasker };
        using var answer = await http.GetAsync(new Uri("/sign-in", UriKind.Relative));

        Assert.Equal("no-store", answer.Headers.CacheControl?.ToString());
        Assert.Contains("require-trusted-types-for 'script'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string path, Task<Sheet> answer) =>
        Assert.True((await answer).Status == HttpStatusCode.Forbidden, $"{path}: {(await answer).Status}");
}
