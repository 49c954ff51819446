using System.Net;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;

namespace AgentGateway.Canon.Tests.Serve;

/// <summary>Every page of the group is behind the gate, whatever its handler is, and says who may not pass.</summary>
public sealed class GateTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/plain")]
    [InlineData("/admin/")]
    [InlineData("/broken")]
    public async Task Without_a_session_a_page_leads_to_the_sign_in(string path)
    {
        await using var site = await Site.StartAsync();

        var response = await site.GetAsync(path);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Equal("/sign-in", response.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.OK, (await site.GetAsync(path == "/" ? "/" : "/plain", await site.SignInAsync())).StatusCode);
    }

    [Fact]
    public async Task The_sign_in_page_says_how_to_get_in()
    {
        await using var site = await Site.StartAsync();

        var page = await (await site.GetAsync("/sign-in")).Content.ReadAsStringAsync();

        Assert.Contains("Open it from the Launcher.", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await site.GetAsync("/sign-in", await site.SignInAsync())).StatusCode);
    }

    [Fact]
    public async Task An_open_page_asks_for_nobody()
    {
        await using var site = await Site.StartAsync();

        Assert.Equal("open", await (await site.GetAsync("/open")).Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(Role.Admin, HttpStatusCode.OK)]
    [InlineData(Role.Owner, HttpStatusCode.Forbidden)]
    [InlineData(Role.Reviewer, HttpStatusCode.Forbidden)]
    public async Task A_page_for_one_role_opens_to_that_role(Role role, HttpStatusCode expected)
    {
        await using var site = await Site.StartAsync();

        Assert.Equal(expected, (await site.GetAsync("/admin/", await site.SignInAsync(role))).StatusCode);
    }

    [Theory]
    [InlineData("/change")]
    [InlineData("/plain-change")]
    public async Task A_change_needs_the_sessions_own_token(string path)
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();
        var other = await site.SignInAsync();
        var token = await site.CsrfAsync(cookie);
        var foreign = await site.CsrfAsync(other);

        Assert.NotEqual(token, foreign);
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(site, path, null, token));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(site, path, cookie, null));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(site, path, cookie, ""));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(site, path, cookie, foreign));
        Assert.Equal(0, site.Changes);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(site, path, cookie, token));
        Assert.Equal(HttpStatusCode.OK, (await site.SendAsync(HttpMethod.Post, path, cookie, (Csrf.Header, token), null)).StatusCode);
        Assert.Equal(2, site.Changes);
    }

    [Fact]
    public async Task A_change_may_need_a_fresh_sign_in_and_its_refusal_leads_back()
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();
        var token = await site.CsrfAsync(cookie);
        site.Clock.Advance(BrowserSession.Fresh - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(site, "/token", cookie, token));

        site.Clock.Advance(TimeSpan.FromSeconds(1));
        using var refused = await site.SendAsync(HttpMethod.Post, "/token", cookie, (Csrf.Header, token), null);
        var page = await refused.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("Sign in again first", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/page?of=token\"", page, StringComparison.Ordinal);
        Assert.Equal(1, site.Changes);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(site, "/change", cookie, token));
        var fresh = await site.SignInAsync(cookie: cookie);
        Assert.Equal(HttpStatusCode.OK, await PostAsync(site, "/token", fresh, await site.CsrfAsync(fresh)));
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site", false)]
    [InlineData("Sec-Fetch-Site", "same-site", false)]
    [InlineData("Sec-Fetch-Site", "none", false)]
    [InlineData("Sec-Fetch-Site", "same-origin", true)]
    [InlineData("Origin", "https://evil.example", false)]
    [InlineData("Origin", "http://127.0.0.1:1", false)]
    [InlineData("Origin", "null", true)]
    public async Task A_change_from_another_origin_is_refused_even_with_the_token(string header, string value, bool isOurs)
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();
        var form = new Dictionary<string, string> { [Csrf.Field] = await site.CsrfAsync(cookie) };

        var response = await site.SendAsync(HttpMethod.Post, "/change", cookie, (header, value), form);

        Assert.Equal(isOurs ? HttpStatusCode.OK : HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Equal(isOurs ? 1 : 0, site.Changes);
    }

    [Fact]
    public async Task A_failure_is_a_page_that_keeps_its_reason()
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();

        var broken = await site.GetAsync("/broken", cookie);
        var away = await site.GetAsync("/away", cookie);

        Assert.Equal(HttpStatusCode.InternalServerError, broken.StatusCode);
        Assert.DoesNotContain("secret", await broken.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors", broken.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Contains("The book is away.", await away.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_form_that_cannot_be_read_is_refused_in_words()
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();
        var token = await site.CsrfAsync(cookie);

        foreach (var (path, expected) in new[] { ("/form", HttpStatusCode.BadRequest), ("/launch", HttpStatusCode.Unauthorized) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent("--x\r\nnonsense") };
            request.Content.Headers.Remove("Content-Type");
            request.Content.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=x");
            request.Headers.Add("Cookie", cookie);
            request.Headers.Add(Csrf.Header, token);
            Assert.Equal(expected, (await site.Client.SendAsync(request)).StatusCode);
        }
    }

    [Theory]
    [InlineData("/", true)]
    [InlineData("/agents/1?tab=calls", true)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("agents", false)]
    [InlineData("//evil.example", false)]
    [InlineData("/\\evil.example", false)]
    [InlineData("/a\\b", false)]
    [InlineData("/a\r\nSet-Cookie: x=1", false)]
    [InlineData("/\t/evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("javascript:alert(1)", false)]
    public void Only_a_path_of_this_host_is_a_place_to_go(string? path, bool isLocal) => Assert.Equal(isLocal, SeeOther.IsLocal(path));

    private static async Task<HttpStatusCode> PostAsync(Site site, string path, string? cookie, string? token)
    {
        var form = token is null ? new Dictionary<string, string> { ["x"] = "y" } : new() { [Csrf.Field] = token };
        return (await site.SendAsync(HttpMethod.Post, path, cookie, ("Sec-Fetch-Site", "same-origin"), form)).StatusCode;
    }
}
