using System.Net;
using System.Text.RegularExpressions;
using AgentGateway.Canon.SignIn;
using AgentGateway.Support;
using AgentGateway.Tasker.Seed;

namespace AgentGateway.Tasker.Tests.Agents;

/// <summary>A page as it came.</summary>
internal sealed record Sheet(HttpStatusCode Status, string Html, string? Location)
{
    public string Read(string name) => Regex.Match(Html, $"""name="{name}" value="([^"]*)" """.TrimEnd()).Groups[1].Value;
}

/// <summary>A browser without a script in which somebody is signed in by the Launcher's word.</summary>
internal sealed class SignedIn : IDisposable
{
    private readonly HttpClient _http;
    private readonly Uri _site;

    private SignedIn(Uri site, HttpClient http)
    {
        _site = site;
        _http = http;
    }

    public string Csrf { get; private set; } = "";

    public static async Task<SignedIn> AsAsync(
        TaskerSystem system,
        Guid person,
        Role role = Role.Owner,
        string? client = TaskerSystem.Client,
        Uri? site = null,
        TimeProvider? clock = null)
    {
        site ??= system.Tasker;
        var http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
        var key = LaunchKeys.ReadPrivate("test", system.LauncherKey, []) ?? throw new InvalidOperationException("No key.");
        var token = new LaunchIssuer("launcher", key, clock ?? TimeProvider.System)
            .Issue("tasker", new Person(person.ToString("D"), "Somebody", role, client));
        using var launched = await http.PostAsync(
            new Uri(site, "/launch"), new FormUrlEncodedContent([KeyValuePair.Create("token", token)]));
        Assert.Equal(HttpStatusCode.SeeOther, launched.StatusCode);
        http.DefaultRequestHeaders.Add("Cookie", launched.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        var browser = new SignedIn(site, http);
        browser.Csrf = (await browser.GetAsync("/settings/features")).Read("csrf");
        return browser;
    }

    public static Task<SignedIn> AnnaAsync(TaskerSystem system) => AsAsync(system, SeedIds.Owner);

    public async Task<Sheet> GetAsync(string path, string site = "none")
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_site, path));
        request.Headers.Add("Sec-Fetch-Site", site);
        using var answer = await _http.SendAsync(request);
        return await ReadAsync(answer);
    }

    /// <summary>Sends a form as one of our own pages does.</summary>
    public Task<Sheet> PostAsync(string path, params (string Name, string Value)[] fields) =>
        SendAsync(path, "same-origin", [.. fields, ("csrf", Csrf)]);

    /// <summary>Sends a form with nothing that was not given.</summary>
    public async Task<Sheet> SendAsync(string path, string? site, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_site, path))
        {
            Content = new FormUrlEncodedContent(fields.Select(field => KeyValuePair.Create(field.Name, field.Value))),
        };
        if (site is not null)
        {
            request.Headers.Add("Sec-Fetch-Site", site);
        }

        using var answer = await _http.SendAsync(request);
        return await ReadAsync(answer);
    }

    /// <summary>A new agent of this person; answers its id.</summary>
    public async Task<string> CreateAgentAsync(string name, string bundle = "contributor", params string[] projects)
    {
        var made = await PostAsync(
            "/settings/agents",
            [("name", name), ("mode", "full"), ("bundle", bundle), .. (projects.Length == 0 ? ["NDC"] : projects).Select(key => ("projects", key))]);
        Assert.True(made.Status == HttpStatusCode.SeeOther, made.Html);
        return made.Location!.Split('/')[3];
    }

    public void Dispose() => _http.Dispose();

    private static async Task<Sheet> ReadAsync(HttpResponseMessage answer) =>
        new(answer.StatusCode, await answer.Content.ReadAsStringAsync(), answer.Headers.Location?.OriginalString);
}
