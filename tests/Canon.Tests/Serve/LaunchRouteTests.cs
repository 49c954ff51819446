using System.Net;
using AgentGateway.Canon.SignIn;

namespace AgentGateway.Canon.Tests.Serve;

/// <summary>Signing in, staying in and leaving, as a browser does it.</summary>
public sealed class LaunchRouteTests
{
    [Fact]
    public async Task A_launch_sets_a_cookie_that_only_this_host_sees()
    {
        await using var site = await Site.StartAsync();

        var response = await site.LaunchAsync(site.Launcher.Issue("sample", new Person("user-1", "Olga", Role.Owner)));

        var cookie = response.Headers.GetValues("Set-Cookie").Single();
        var parts = cookie.Split("; ").Select(part => part.ToLowerInvariant()).ToHashSet();
        Assert.Matches("^__Host-sample-sid=[A-Za-z0-9_-]{43};", cookie);
        Assert.Superset(new HashSet<string> { "secure", "httponly", "samesite=lax", "path=/" }, parts);
        Assert.DoesNotContain(parts, part => part.StartsWith("domain", StringComparison.Ordinal));
        Assert.Equal("/", response.Headers.Location?.OriginalString);
        Assert.Contains("no-store", response.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/plain", "/plain")]
    [InlineData("//evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    public async Task A_launch_leads_only_to_pages_of_this_host(string to, string expected)
    {
        await using var site = await Site.StartAsync();

        var response = await site.LaunchAsync(site.Launcher.Issue("sample", new Person("user-1", "Olga", Role.Owner)), to);

        Assert.Equal(expected, response.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task A_refused_launch_says_why_and_sets_nothing()
    {
        await using var site = await Site.StartAsync();
        var token = site.Launcher.Issue("sample", new Person("user-1", "Olga", Role.Owner));
        await site.LaunchAsync(token);

        var used = await site.LaunchAsync(token);
        var noise = await site.LaunchAsync("noise");
        var empty = await site.SendAsync(HttpMethod.Post, "/launch", null, default, null);
        var inAddress = await site.GetAsync("/launch?token=" + site.Launcher.Issue("sample", new Person("user-1", "Olga", Role.Owner)));

        Assert.Equal(HttpStatusCode.Unauthorized, used.StatusCode);
        Assert.Contains("already used", await used.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(used.Headers.Contains("Set-Cookie"));
        Assert.Equal(HttpStatusCode.Unauthorized, noise.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, empty.StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, inAddress.StatusCode);
    }

    [Fact]
    public async Task A_session_ends_after_half_an_hour_of_silence()
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();

        site.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, (await site.GetAsync("/", cookie)).StatusCode);
        site.Clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(HttpStatusCode.OK, (await site.GetAsync("/", cookie)).StatusCode);
        site.Clock.Advance(TimeSpan.FromMinutes(30));
        Assert.Equal(HttpStatusCode.SeeOther, (await site.GetAsync("/", cookie)).StatusCode);
    }

    [Fact]
    public async Task A_session_ends_after_twelve_hours_of_work()
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();

        for (var quarter = 0; quarter < 47; quarter++)
        {
            site.Clock.Advance(TimeSpan.FromMinutes(15));
            Assert.Equal(HttpStatusCode.OK, (await site.GetAsync("/", cookie)).StatusCode);
        }

        site.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(HttpStatusCode.SeeOther, (await site.GetAsync("/", cookie)).StatusCode);
    }

    [Fact]
    public async Task Signing_in_again_replaces_the_secret_that_the_browser_had()
    {
        await using var site = await Site.StartAsync();
        var before = await site.SignInAsync();

        var after = await site.SignInAsync(cookie: before);

        Assert.NotEqual(before, after);
        Assert.Equal(HttpStatusCode.SeeOther, (await site.GetAsync("/", before)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await site.GetAsync("/", after)).StatusCode);
    }

    [Fact]
    public async Task Signing_out_ends_the_session_on_the_server()
    {
        await using var site = await Site.StartAsync();
        var cookie = await site.SignInAsync();
        var form = new Dictionary<string, string> { [Csrf.Field] = await site.CsrfAsync(cookie) };

        var response = await site.SendAsync(HttpMethod.Post, "/sign-out", cookie, ("Sec-Fetch-Site", "same-origin"), form);

        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        Assert.Contains("expires=Thu, 01 Jan 1970", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.SeeOther, (await site.GetAsync("/", cookie)).StatusCode);
    }
}
