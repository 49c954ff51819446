using System.Security.Cryptography;
using AgentGateway.Browser.Tests.Rig;
using AgentGateway.Canon;
using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Pages;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;
using Microsoft.Playwright;

namespace AgentGateway.Browser.Tests.Canon;

/// <summary>What the gallery's switch stands at.</summary>
public sealed record GalleryModel(bool IsOn);

/// <summary>An application of nothing but Canon's parts, with a launch page in front.</summary>
internal sealed class GallerySite : IAsyncDisposable
{
    private readonly WebApplication _app;

    private GallerySite(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public bool IsOn { get; private set; }

    public static async Task<GallerySite> StartAsync()
    {
        var pair = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var key = new ECDsaSecurityKey(pair) { KeyId = "1" };
        var issuer = new LaunchIssuer("launcher", key, TimeProvider.System);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddCanon(new CanonApp
        {
            Id = "gallery",
            Title = "Gallery",
            Trusted = [new TrustedIssuer("launcher", key)],
            HowToSignIn = "Open it from the Launcher.",
            Navigation = visit => visit.Session is null ? [] : [new("/", "Overview"), new("/other", "Other")],
        });
        var app = builder.Build();
        var pages = app.MapCanon();
        GallerySite? site = null;
        pages.MapGet("/", () => PageResult.Of<Gallery>(new GalleryModel(site!.IsOn)));
        pages.MapPost("/switch", (HttpContext http) =>
        {
            site!.IsOn = http.Request.Form["agents"] == "on";
            new ToastMessage(site.IsOn ? "Agents may work." : "Agents are stopped.").Leave(Visit.Of(http).Session!);
            return new SeeOther("/");
        });
        pages.MapGet("/hand-over", (HttpContext http) => new Launch("Gallery", new Uri($"http://{http.Request.Host}"),
            issuer.Issue("gallery", new Person("user-1", "Olga Ivanova", Role.Admin))).ToPage()).OpenToAll();
        pages.MapGet("/faulty/{kind}", (HttpContext http, string kind) => Faulty(http, kind)).OpenToAll();
        pages.MapGet("/sink.js", () => TypedResults.Text("document.body.innerHTML = '<b>x</b>';", "text/javascript")).OpenToAll();
        await app.StartAsync();
        return site = new GallerySite(app);
    }

    /// <summary>A tab that has come through the launch page, by its script.</summary>
    public async Task<Tab> EnterAsync(Chromium chromium, bool isDark = false, int width = 1280)
    {
        var tab = await chromium.OpenAsync(Address, isDark, width: width);
        await tab.GoAsync("/hand-over");
        await Assertions.Expect(tab.Page).ToHaveURLAsync(Address.AbsoluteUri);
        return tab;
    }

    // Pages with one fault each, under the same headers, so that the checks are seen to fail.
    private static ContentHttpResult Faulty(HttpContext http, string kind)
    {
        PageHeaders.Set(http, Visit.Of(http).App);
        var body = kind switch
        {
            "label" => "<input name=\"unnamed\">",
            "contrast" => "<font color=\"#dddddd\">faint</font>",
            "script" => "<script>document.title = 'run';</script>",
            "style" => "<p style=\"color: red\">red</p>",
            _ => "<script src=\"/sink.js\"></script>",
        };
        return TypedResults.Text($"<!DOCTYPE html><html lang=\"en\"><title>Faulty</title><main><h1>Faulty</h1>{body}</main></html>", "text/html");
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
