using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;
using AgentGateway.Launcher.People;
using AgentGateway.Launcher.Web;
using PageVisit = AgentGateway.Canon.Serve.Visit;
using Visit = AgentGateway.Launcher.Web.Visit;

namespace AgentGateway.Launcher.Pages;

/// <summary>Runs what a page shows or changes as the person who is signed in, under the rules of the API.</summary>
internal sealed class PageFlow(VisitFlow flow, BrowserSessions sessions)
{
    public async Task<T> RunAsync<T>(HttpContext http, Func<Visit, Task<T>> act, params string[] flags)
    {
        var id = PageVisit.Of(http).Person.Id;
        try
        {
            return await flow.RunAsync(
                http,
                connection => Actor.OfAsync(connection, Guid.ParseExact(id, "D"), http.RequestAborted),
                async members => RequestBody.Of(await FieldsAsync(http), members, flags),
                act);
        }
        catch (RefusalException refusal) when (refusal.Problem.Code == "actor_forbidden")
        {
            // Whoever is let in again later signs in again.
            sessions.CloseAllOf(id);
            throw;
        }
    }

    /// <summary>Makes a change and goes on; what the person can mend themselves is said on the page they came from.</summary>
    public async Task<IResult> ChangeAsync<T>(
        HttpContext http, Func<Visit, Task<T>> act, Func<T, Words, string> say, string next, params string[] flags)
    {
        var page = PageVisit.Of(http);
        try
        {
            var done = await RunAsync(http, act, flags);
            Leave(new ToastMessage(say(done, page.Words)));
        }
        catch (RefusalException refusal) when (refusal.Problem.Status is StatusCodes.Status422UnprocessableEntity or StatusCodes.Status409Conflict)
        {
            // The reason is the only field that a person types.
            var text = refusal.Problem.Code == "validation_failed" ? page.Words["said.reason"] : LauncherPages.Sentence(refusal.Problem, page.Words);
            Leave(new ToastMessage(text, "late"));
        }

        return new SeeOther(next);

        void Leave(ToastMessage message)
        {
            if (page.Session is { } session)
            {
                message.Leave(session);
            }
        }
    }

    private static async Task<IFormCollection> FieldsAsync(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        return new FormCollection(form
            .Where(field => field.Key is not (Csrf.Field or PageRoutes.From))
            .ToDictionary(field => field.Key, field => field.Value));
    }
}
