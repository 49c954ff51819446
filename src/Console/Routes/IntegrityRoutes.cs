using AgentGateway.Canon.Layout;
using AgentGateway.Canon.Serve;
using AgentGateway.Canon.SignIn;
using AgentGateway.Console.Book;
using AgentGateway.Console.Pages;
using AgentGateway.Console.Review;

namespace AgentGateway.Console.Routes;

/// <summary>Whether the audit is what was sealed; for administrators and reviewers.</summary>
internal static class IntegrityRoutes
{
    public const int MostUnsealed = 10_000;

    public static void MapIntegrity(this RouteGroupBuilder pages)
    {
        var integrity = pages.MapGroup("/integrity").OnlyFor(Role.Admin, Role.Reviewer);
        integrity.MapGet("", async (OverviewReader overviews, Verification verification, CancellationToken cancel) =>
            PageResult.Of<IntegrityPage>(new IntegrityPage.Content(
                await overviews.LastCheckpointAsync(cancel),
                await overviews.UnsealedAsync(MostUnsealed, cancel),
                verification.IsPossible,
                verification.State)));
        integrity.MapPost("/verify", (HttpContext http, Verification verification) =>
        {
            var visit = Visit.Of(http);
            if (!verification.TryStart(visit.Person.Name) && visit.Session is { } session)
            {
                new ToastMessage(visit.Words[verification.IsPossible ? "verify.running" : "verify.impossible"], "soon").Leave(session);
            }

            return new SeeOther("/integrity");
        });
    }
}
