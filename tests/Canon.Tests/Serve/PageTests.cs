using System.Net;
using System.Reflection;
using AgentGateway.Canon.Serve;

namespace AgentGateway.Canon.Tests.Serve;

/// <summary>What every page and file of Canon carries.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task A_page_allows_nothing_foreign()
    {
        await using var site = await Site.StartAsync();

        var response = await site.GetAsync("/page", await site.SignInAsync());

        Assert.Equal(
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
            + "base-uri 'none'; form-action 'self' http://127.0.0.1:7001 https://tasker.example; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'",
            response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.True(response.Headers.Contains("Permissions-Policy"));
    }

    [Fact]
    public async Task A_page_encodes_every_word()
    {
        await using var site = await Site.StartAsync();

        var page = await (await site.GetAsync("/page", await site.SignInAsync())).Content.ReadAsStringAsync();

        Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
        Assert.Contains("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain(" style=", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<style", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_kept_for_good_under_its_hash_and_found_under_no_other()
    {
        await using var site = await Site.StartAsync();
        var url = CanonAssets.Own.Url("tokens.css");

        var file = await site.GetAsync(url);

        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal("text/css", file.Content.Headers.ContentType?.MediaType);
        Assert.Contains("immutable", file.Headers.CacheControl?.ToString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.GetAsync("/canon/000000000000/tokens.css")).StatusCode);
        var climbing = url.Replace("tokens.css", "..%2f..%2fsecret", StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await site.GetAsync(climbing)).StatusCode);
    }

    [Fact]
    public async Task The_reader_chooses_the_language()
    {
        await using var site = await Site.StartAsync();

        var response = await site.SendAsync(HttpMethod.Get, "/sign-in", null, ("Accept-Language", "xx, ru-RU;q=0.9, en;q=0.8"), null);
        var page = await response.Content.ReadAsStringAsync();

        Assert.Contains("<html lang=\"ru\">", page, StringComparison.Ordinal);
        Assert.Contains("Вход", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_language_says_everything()
    {
        var english = Phrasebook.Canon.Keys("en").Order().ToList();

        Assert.NotEmpty(english);
        Assert.All(Phrasebook.Canon.Languages, language => Assert.Equal(english, Phrasebook.Canon.Keys(language).Order()));
        Assert.Empty(Phrasebook.Of(Assembly.GetExecutingAssembly()).Languages);
    }
}
