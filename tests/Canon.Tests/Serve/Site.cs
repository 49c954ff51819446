using System.Net;
using System.Text.RegularExpressions;
using AgentGateway.Canon.Pages;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;
using AgentGateway.Canon.Tests.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AgentGateway.Canon.Tests.Serve;

/// <summary>A small application with pages of Canon on a real socket, and a client that keeps no cookies by itself.</summary>
internal sealed partial class Site : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Site(WebApplication app, Keys launcher, FakeTimeProvider clock)
    {
        _app = app;
        Clock = clock;
        Launcher = new LaunchIssuer("launcher", launcher.Signer, clock);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = new Uri(app.Urls.Single()),
        };
    }

    public FakeTimeProvider Clock { get; }

    public LaunchIssuer Launcher { get; }

    public HttpClient Client { get; }

    public int Changes { get; private set; }

    public static async Task<Site> StartAsync()
    {
        var launcher = Keys.Of("launcher");
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddCanon(new CanonApp
        {
            Id = "sample",
            Title = "Sample",
            Trusted = [launcher.Trusted],
            HowToSignIn = "Open it from the Launcher.",
            Partners = [new Uri("http://127.0.0.1:7001/x"), new Uri("https://tasker.example")],
            Explain = (failure, _) => failure is TimeoutException ? new Trouble(503, "Away", "The book is away.") : null,
        });
        var app = builder.Build();
        var pages = app.MapCanon();
        Site? site = null;
        pages.MapGet("/", (HttpContext http) => TypedResults.Text(Visit.Of(http).Person.Name));
        pages.MapGet("/plain", http => http.Response.WriteAsync("plain"));
        pages.MapGet("/page", () => PageResult.Of<TroublePage>(new Trouble(200, "<script>alert(1)</script>", "\"'&")));
        pages.MapGet("/open", () => "open").OpenToAll();
        pages.MapGroup("/admin").OnlyFor(Role.Admin).MapGet("/", () => "admin");
        pages.MapGet("/broken", IResult () => throw new InvalidOperationException("the secret reason"));
        pages.MapGet("/away", IResult () => throw new TimeoutException());
        pages.MapPost("/form", async (HttpContext http) => (await http.Request.ReadFormAsync())["x"].ToString());
        pages.MapPost("/change", () => site!.Changes++);
        pages.MapPost("/token", () => site!.Changes++).OnlyWhenFresh(http => "/page?of=" + http.Request.Path.Value!.TrimStart('/'));
        pages.MapPost("/plain-change", http =>
        {
            site!.Changes++;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return site = new Site(app, launcher, clock);
    }

    /// <summary>Signs in; the answer is the cookie as a browser would send it back.</summary>
    public async Task<string> SignInAsync(Role role = Role.Owner, string? cookie = null)
    {
        var response = await LaunchAsync(Launcher.Issue("sample", new Person("user-1", "Olga", role)), cookie: cookie);
        Assert.Equal(HttpStatusCode.SeeOther, response.StatusCode);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    public Task<HttpResponseMessage> LaunchAsync(string token, string? to = null, string? cookie = null)
    {
        var fields = new Dictionary<string, string> { ["token"] = token };
        if (to is not null)
        {
            fields["to"] = to;
        }

        return SendAsync(HttpMethod.Post, "/launch", cookie, ("Sec-Fetch-Site", "cross-site"), fields);
    }

    public Task<HttpResponseMessage> GetAsync(string path, string? cookie = null) => SendAsync(HttpMethod.Get, path, cookie, default, null);

    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, string? cookie, (string Name, string Value) header, Dictionary<string, string>? form)
    {
        using var request = new HttpRequestMessage(method, path);
        if (cookie is not null)
        {
            request.Headers.Add("Cookie", cookie);
        }

        if (header.Name is not null)
        {
            request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        request.Content = form is null ? null : new FormUrlEncodedContent(form);
        return await Client.SendAsync(request);
    }

    /// <summary>The token in the forms of a page that everybody signed in may see.</summary>
    public async Task<string> CsrfAsync(string cookie)
    {
        var page = await (await GetAsync("/page", cookie)).Content.ReadAsStringAsync();
        return Token().Match(page).Groups[1].Value;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    [GeneratedRegex("name=\"csrf\" value=\"([\\w-]+)\"")]
    private static partial Regex Token();
}
