using AgentGateway.Canon.Serve;

namespace AgentGateway.Tasker.SignIn;

/// <summary>Where people sign in, the board is for members alone and its switch for administrators.</summary>
internal static class BoardGate
{
    private const string Switches = "/workspaces";

    public static RouteGroupBuilder OnlyForMembers(this RouteGroupBuilder board) => board.AddEndpointFilter(EnterAsync);

    private static async ValueTask<object?> EnterAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var visit = Visit.Of(http);
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (visit.Session is null)
        {
            return isRead ? new SeeOther(visit.App.SignInPath) : TypedResults.Unauthorized();
        }

        var member = await http.RequestServices.GetRequiredService<MemberBook>().FindAsync(visit.Person, http.RequestAborted);
        var isAllowed = member is not null
            && (isRead || member.MayChange)
            && (!http.Request.Path.StartsWithSegments(Switches) || Administers(member, http));
        return isAllowed ? await next(context) : PageResult.Of<Canon.Pages.TroublePage>(
            new Canon.Trouble(
                StatusCodes.Status403Forbidden, visit.Words["refused"],
                visit.Words[member is null ? "unknown_person.text" : member.MayChange ? "not_admin.text" : "reader.text"]),
            StatusCodes.Status403Forbidden);
    }

    private static bool Administers(Member member, HttpContext http) =>
        Guid.TryParse(http.Request.RouteValues["workspace"] as string, out var id)
        && member.Workspaces.Any(one => one.Id == id && one.IsAdmin);
}
