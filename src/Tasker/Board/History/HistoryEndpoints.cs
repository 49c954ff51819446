using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentGateway.Tasker.Board.History;

/// <summary>What people can look back at and take back, and the one switch of the front page.</summary>
internal static class HistoryEndpoints
{
    public static void AddHistory(this IServiceCollection services) => services
        .AddSingleton<VersionReader>()
        .AddSingleton<RestoreVersion>()
        .AddSingleton<AgentSwitch>()
        .AddSingleton<FormGuard>();

    public static void MapHistory(this IEndpointRouteBuilder board)
    {
        board.MapGet("/board/{key}/{number:int}/versions/{rev:long}", VersionAsync);
        board.MapPost("/board/{key}/{number:int}/versions/{rev:long}/restore", RestoreAsync);
        board.MapPost("/workspaces/{workspace:guid}/agents", SwitchAsync);
    }

    private static async Task<IResult> VersionAsync(
        HttpContext http, string key, int number, long rev, BoardReader board, CardReader cards, VersionReader versions, FormGuard forms,
        TimeProvider clock)
    {
        var cancel = http.RequestAborted;
        var frame = await BoardEndpoints.FrameAsync(http, board);
        return BoardEndpoints.Find(frame.Projects, key) is { } project
            && await cards.TileAsync(project.Id, number, cancel) is { } card
            && await versions.ListAsync(card.Id, agent: null, rev, cancel) is [var version]
            && await versions.HtmlAsync(project.Id, number, rev, cancel) is { } html
            ? BoardEndpoints.Html(VersionPage.Render(frame, card, version, html, forms.Token(http), clock.GetUtcNow()))
            : BoardEndpoints.Missing(frame);
    }

    private static async Task<IResult> RestoreAsync(
        HttpContext http, string key, int number, long rev, BoardReader board, RestoreVersion restore, FormGuard forms)
    {
        if (await forms.ReadAsync(http) is null)
        {
            return Refused();
        }

        var frame = await BoardEndpoints.FrameAsync(http, board);
        return BoardEndpoints.Find(frame.Projects, key) is { } project
            && await restore.RunAsync(project.Id, number, rev, http.RequestAborted)
            ? TypedResults.NoContent()
            : BoardEndpoints.Missing(frame);
    }

    private static async Task<IResult> SwitchAsync(HttpContext http, Guid workspace, AgentSwitch agents, FormGuard forms)
    {
        if (await forms.ReadAsync(http) is not { } form || !bool.TryParse(form["enabled"], out var enabled))
        {
            return Refused();
        }

        return await agents.TurnAsync(workspace, enabled, http.RequestAborted) ? TypedResults.NoContent() : TypedResults.NotFound();
    }

    private static ContentHttpResult Refused() => TypedResults.Text(
        "This form did not come from a current page of the board. Load the page again.", statusCode: StatusCodes.Status403Forbidden);
}
