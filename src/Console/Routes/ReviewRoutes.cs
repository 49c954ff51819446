using AgentGateway.Canon.Serve;
using AgentGateway.Console.Book;
using AgentGateway.Console.Pages;
using AgentGateway.Console.Review;

namespace AgentGateway.Console.Routes;

/// <summary>What the gateway itself says: its routes, and what it would decide.</summary>
internal static class ReviewRoutes
{
    public static void MapReview(this RouteGroupBuilder pages)
    {
        pages.MapGet("/routes", async (ManifestReader manifest, OverviewReader overviews, HttpContext http, CancellationToken cancel) =>
            PageResult.Of<RoutesPage>(new RoutesPage.Content(
                await manifest.ReadAsync(cancel),
                (await overviews.OverviewAsync(Reader.Of(Visit.Of(http).Person), cancel)).ManifestInForce)));
        pages.MapGet("/explain", (HttpContext http, AgentReader agents, ManifestReader manifest, CancellationToken cancel) =>
            AnswerAsync(http, new Question { Agent = http.Request.Query["agent"] }, null, null, agents, manifest, cancel));
        pages.MapPost("/explain", ExplainAsync);
    }

    private static async Task<IResult> ExplainAsync(
        HttpContext http, AgentReader agents, ManifestReader manifest, Explainer explainer, CancellationToken cancel)
    {
        var words = Visit.Of(http).Words;
        var question = Question.Read(await http.Request.ReadFormAsync(cancel));
        if (!question.IsAsked)
        {
            return await AnswerAsync(http, question, null, words["explain.incomplete"], agents, manifest, cancel);
        }

        // The gateway's program knows no owners: whose agent it is, is asked here.
        if (!await agents.MayReadAsync(Reader.Of(Visit.Of(http).Person), question.Agent ?? "", cancel))
        {
            return await AnswerAsync(http, question, null, words["explain.no_agent"], agents, manifest, cancel);
        }

        var (explanation, fault) = await explainer.ExplainAsync(question, cancel);
        return await AnswerAsync(http, question, explanation, fault, agents, manifest, cancel);
    }

    private static async Task<IResult> AnswerAsync(
        HttpContext http, Question question, Explanation? explanation, string? fault, AgentReader agents, ManifestReader manifest,
        CancellationToken cancel)
    {
        var choices = await agents.ChoicesAsync(Reader.Of(Visit.Of(http).Person), cancel);
        var tools = (await manifest.ReadAsync(cancel)).Routes.Routes.Select(route => route.Tool);
        return PageResult.Of<ExplainPage>(
            new ExplainPage.Content(question, explanation, fault, choices, [.. tools]),
            fault is null ? StatusCodes.Status200OK : StatusCodes.Status422UnprocessableEntity);
    }
}
