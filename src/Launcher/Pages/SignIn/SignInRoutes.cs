using System.Net;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;
using AgentGateway.Launcher.SignIn;
using AgentGateway.Launcher.Web;
using PagePerson = AgentGateway.Canon.SignIn.Person;
using PageVisit = AgentGateway.Canon.Serve.Visit;

namespace AgentGateway.Launcher.Pages.SignIn;

/// <summary>Signing in by a link, or in the demonstration by choosing who to be.</summary>
internal static class SignInRoutes
{
    public static void MapSignIn(this IEndpointRouteBuilder pages)
    {
        var settings = pages.ServiceProvider.GetRequiredService<LauncherSettings>();
        // Before the shared page of the same address, which cannot know these ways in.
        pages.MapGet("/sign-in", async (HttpContext http, SignInLinks links) => PageVisit.Of(http).Session is null
            ? PageResult.Of<SignInHerePage>(new SignInChoice(settings.DemoSignIn ? await links.EveryoneAsync(http.RequestAborted) : []))
            : (IResult)new SeeOther("/")).OpenToAll().WithOrder(-1);
        pages.MapGet("/sign-in/{code}", async (HttpContext http, SignInLinks links, string code) =>
            PageResult.Of<SignInLinkPage>(await links.FindAsync(code, http.RequestAborted) ?? throw Refuse.SignInLink())).OpenToAll();
        pages.MapPost("/sign-in/{code}", async (HttpContext http, SignInLinks links, SignInCookie cookie, string code) =>
            Open(http, cookie, await links.SpendAsync(code, http.RequestAborted) ?? throw Refuse.SignInLink())).OpenToAll();
        if (settings.DemoSignIn)
        {
            pages.MapPost("/sign-in/demo", DemoAsync).OpenToAll();
        }
    }

    private static async Task<IResult> DemoAsync(HttpContext http, SignInLinks links, SignInCookie cookie)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var people = await links.EveryoneAsync(http.RequestAborted);
        // A foreign name that resolves to this machine would make a foreign page one of ours.
        return IsThisMachine(http.Request.Host.Host) && people.FirstOrDefault(one => one.Id.ToString("D") == form["user"]) is { } chosen
            ? Open(http, cookie, chosen)
            : throw Refuse.SignInLink();
    }

    private static bool IsThisMachine(string host) => host == "localhost"
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static SeeOther Open(HttpContext http, SignInCookie cookie, SignInPerson person)
    {
        cookie.Open(http, new PagePerson(person.Id.ToString("D"), person.Name, person.Manages ? Role.Admin : Role.Owner));
        return new SeeOther("/");
    }
}
