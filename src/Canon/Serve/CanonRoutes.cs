using AgentGateway.Canon.Pages;
using AgentGateway.Canon.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Canon.Serve;

/// <summary>Adds Canon to an application: its files, signing in and out, and the group that pages are mapped in.</summary>
public static class CanonRoutes
{
    private const int LargestLaunch = 8 * 1024;

    public static IServiceCollection AddCanon(this IServiceCollection services, CanonApp app)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(app);
        services.AddSingleton<BrowserSessions>();
        services.AddSingleton<SignInCookie>();
        services.AddSingleton(provider => new LaunchReader(app.Id, app.Trusted, provider.GetRequiredService<TimeProvider>()));
        return services;
    }

    /// <summary>Maps Canon's own routes; pages mapped in the answered group are behind the gate.</summary>
    public static RouteGroupBuilder MapCanon(this IEndpointRouteBuilder routes)
    {
        var app = routes.ServiceProvider.GetRequiredService<CanonApp>();
        routes.MapGet("/canon/{digest}/{name}", (HttpContext http, string digest, string name) =>
            CanonAssets.Own.Serve(http, digest, name));
        routes.MapPost("/launch", LaunchAsync);

        var pages = routes.MapGroup("").DisableAntiforgery();
        PageGate.Guard(pages);
        pages.MapGet(app.SignInPath, (HttpContext http) => Visit.Of(http).Session is null
            ? PageResult.Of<SignInPage>()
            : (IResult)new SeeOther(app.Home)).OpenToAll();
        pages.MapPost("/sign-out", (HttpContext http, SignInCookie cookie) =>
        {
            cookie.Close(http);
            return new SeeOther(app.SignInPath);
        });
        return pages;
    }

    private static async Task<IFormCollection> FormAsync(HttpContext http)
    {
        try
        {
            return http.Request is { HasFormContentType: true, ContentLength: > 0 and <= LargestLaunch }
                ? await http.Request.ReadFormAsync(http.RequestAborted)
                : FormCollection.Empty;
        }
        catch (Exception unreadable) when (unreadable is BadHttpRequestException or InvalidDataException)
        {
            return FormCollection.Empty;
        }
    }

    // The one form that comes from elsewhere: the token in it is the proof, and it is spent here.
    private static async Task<IResult> LaunchAsync(HttpContext http, LaunchReader reader, SignInCookie cookie, ILoggerFactory logs)
    {
        var visit = Visit.Of(http);
        var log = logs.CreateLogger(typeof(CanonRoutes));
        var form = await FormAsync(http);
        var (person, fault) = await reader.ReadAsync(form["token"] is [{ } token] ? token : null);
        if (person is null)
        {
            log.LaunchRefused(fault);
            return PageGate.Refusal(visit, StatusCodes.Status401Unauthorized, fault switch
            {
                LaunchFault.Expired => "launch_expired",
                LaunchFault.Used => "launch_used",
                _ => "launch_invalid",
            });
        }

        cookie.Open(http, person);
        log.SignedIn(person.Id, person.Role);
        var to = form["to"].ToString();
        PageHeaders.Set(http, visit.App);
        return new SeeOther(SeeOther.IsLocal(to) && to.StartsWith(visit.App.Home, StringComparison.Ordinal) ? to : visit.App.Home);
    }
}
