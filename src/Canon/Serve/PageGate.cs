using AgentGateway.Canon.Pages;
using AgentGateway.Canon.SignIn;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Canon.Serve;

/// <summary>Who may open a page; without a word of it, everybody who is signed in.</summary>
internal sealed record PageAccess(bool IsOpen, IReadOnlyList<Role> Roles);

/// <summary>A change that needs a fresh sign-in, and the page to repeat it from.</summary>
internal sealed record FreshAccess(Func<HttpContext, string> Back);

/// <summary>Stands before every page of a group: signed in, of the right role, and changes only by our own forms.</summary>
public static class PageGate
{
    /// <summary>The page needs no session; changes still need our own form.</summary>
    public static TBuilder OpenToAll<TBuilder>(this TBuilder page)
        where TBuilder : IEndpointConventionBuilder => page.WithMetadata(new PageAccess(IsOpen: true, []));

    /// <summary>The page is for people of these roles alone.</summary>
    public static TBuilder OnlyFor<TBuilder>(this TBuilder page, params Role[] roles)
        where TBuilder : IEndpointConventionBuilder => page.WithMetadata(new PageAccess(IsOpen: false, roles));

    /// <summary>
    /// The change needs a sign-in of the last <see cref="BrowserSession.Fresh"/>; with an older one it is refused, with the way
    /// to sign in and back to <paramref name="back"/>. A browser that was left open hands out no token.
    /// </summary>
    public static TBuilder OnlyWhenFresh<TBuilder>(this TBuilder page, Func<HttpContext, string> back)
        where TBuilder : IEndpointConventionBuilder => page.WithMetadata(new FreshAccess(back));

    // Around the finished endpoint, so that neither order nor kind of a handler leaves a page without its gate.
    internal static void Guard(IEndpointConventionBuilder pages) => pages.Finally(endpoint =>
    {
        var inner = endpoint.RequestDelegate ?? throw new InvalidOperationException($"{endpoint.DisplayName} has no handler.");
        var access = endpoint.Metadata.OfType<PageAccess>().LastOrDefault() ?? new PageAccess(IsOpen: false, []);
        var fresh = endpoint.Metadata.OfType<FreshAccess>().LastOrDefault();
        endpoint.RequestDelegate = http => EnterAsync(http, access, fresh, inner);
    });

    private static async Task EnterAsync(HttpContext http, PageAccess access, FreshAccess? fresh, RequestDelegate inner)
    {
        var visit = Visit.Of(http);
        PageHeaders.Set(http, visit.App);
        if ((await RefuseAsync(http, visit, access) ?? RefuseStale(http, visit, fresh)) is { } refusal)
        {
            await refusal.ExecuteAsync(http);
            return;
        }

        try
        {
            await inner(http);
        }
        catch (Exception failure) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            var trouble = failure is BadHttpRequestException or InvalidDataException
                ? new Trouble(StatusCodes.Status400BadRequest, visit.Words["malformed"], visit.Words["malformed.text"])
                : visit.App.Explain(failure, visit);
            if (trouble is null)
            {
                http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(PageGate)).PageFailed(visit.Path, failure);
                trouble = new Trouble(StatusCodes.Status500InternalServerError, visit.Words["failed"], visit.Words["failed.text"]);
            }

            http.Response.Clear();
            await PageResult.Of<TroublePage>(trouble, trouble.Status).ExecuteAsync(http);
        }
    }

    private static async Task<IResult?> RefuseAsync(HttpContext http, Visit visit, PageAccess access)
    {
        var isChange = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (visit.Session is null && !access.IsOpen)
        {
            return isChange
                ? Refusal(visit, StatusCodes.Status401Unauthorized, "signed_out")
                : new SeeOther(visit.App.SignInPath);
        }

        if (access.Roles.Count > 0 && !access.Roles.Contains(visit.Person.Role))
        {
            return Refusal(visit, StatusCodes.Status403Forbidden, "not_for_you");
        }

        return isChange && (visit.Session is null ? !Csrf.IsSameOrigin(http.Request) : !await Csrf.IsOursAsync(http, visit.Session))
            ? Refusal(visit, StatusCodes.Status403Forbidden, "foreign_form")
            : null;
    }

    private static PageResult? RefuseStale(HttpContext http, Visit visit, FreshAccess? fresh) => fresh is null || visit.IsFresh
        ? null
        : PageResult.Of<StaleSignInPage>(fresh.Back(http), StatusCodes.Status403Forbidden);

    internal static PageResult Refusal(Visit visit, int status, string key) =>
        PageResult.Of<TroublePage>(new Trouble(status, visit.Words[key], visit.Words[key + ".text"]), status);
}
