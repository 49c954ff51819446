using System.Net;
using System.Text.RegularExpressions;
using AgentGateway.Launcher.SignIn;
using AgentGateway.Launcher.Storage;

namespace AgentGateway.Launcher.Tests.Support;

/// <summary>What a page answered.</summary>
internal sealed record PageAnswer(int Status, string Text, string? Location, string? Cookie, HttpResponseMessage Response)
{
    /// <summary>The words of the page as a reader sees them.</summary>
    public string Shown => WebUtility.HtmlDecode(Regex.Replace(Text, "<[^>]*>", " "));
}

/// <summary>One person at one browser: keeps the cookie and the token of the forms, follows nothing by itself.</summary>
internal sealed partial class Browser(World world)
{
    private string? _cookie;

    public string Csrf { get; private set; } = "";

    public static async Task<Browser> SignedInAsync(World world, Guid user)
    {
        var browser = new Browser(world);
        await using var database = LauncherDatabase.Open(world.Connection);
        var link = await new SignInLinks(database).MakeAsync(user, CancellationToken.None);
        var answer = await browser.PostAsync("/sign-in/" + link!.Code, []);
        Assert.Equal((303, "/"), (answer.Status, answer.Location));
        await browser.GetAsync("/");
        return browser;
    }

    public Task<PageAnswer> GetAsync(string path, string language = "en") => SendAsync(HttpMethod.Get, path, content: null, language);

    /// <summary>Posts a form as our own pages do, with their token.</summary>
    public Task<PageAnswer> SubmitAsync(string path, params (string Name, string Value)[] fields) =>
        PostAsync(path, [("csrf", Csrf), .. fields]);

    public async Task<PageAnswer> PostAsync(string path, (string Name, string Value)[] fields, params (string Name, string Value)[] headers)
    {
        using var form = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        return await SendAsync(HttpMethod.Post, path, form, "en", headers);
    }

    private async Task<PageAnswer> SendAsync(
        HttpMethod method, string path, HttpContent? content, string language, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        request.Headers.Add("Accept-Language", language);
        if (_cookie is not null)
        {
            request.Headers.Add("Cookie", _cookie);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await world.Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var cookie = response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single() : null;
        _cookie = cookie?.Split(';')[0] ?? _cookie;
        Csrf = TokenField().Match(text) is { Success: true } token ? token.Groups[1].Value : Csrf;
        return new PageAnswer((int)response.StatusCode, text, response.Headers.Location?.OriginalString, cookie, response);
    }

    [GeneratedRegex("name=\"csrf\" value=\"([^\"]+)\"")]
    private static partial Regex TokenField();
}
