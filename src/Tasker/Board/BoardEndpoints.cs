using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Board.History;
using AgentGateway.Tasker.Board.Pages;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace AgentGateway.Tasker.Board;

/// <summary>The pages people look at: projects, board, card and the stream of changes.</summary>
internal static class BoardEndpoints
{
    private const int LongestAgentId = 128;

    public static void AddBoard(this IServiceCollection services)
    {
        services
            .AddSingleton<BoardReader>()
            .AddSingleton<CardReader>()
            .AddSingleton<BoardEvents>()
            .AddSingleton<BoardSignal>()
            .AddHostedService(provider => provider.GetRequiredService<BoardSignal>())
            .AddHistory();
    }

    public static void MapBoard(this IEndpointRouteBuilder app)
    {
        var board = app.MapGroup("").AddEndpointFilter(ProtectAsync);
        board.MapGet("/", HomeAsync);
        board.MapGet("/board/{key}", BoardAsync);
        board.MapGet("/board/{key}/{number:int}", CardAsync);
        board.MapGet("/board/{key}/events", EventsAsync);
        board.MapHistory();
        board.MapGet("/assets/{digest}/{name}", BoardAssets.Serve);
    }

    private static async ValueTask<object?> ProtectAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        PageHeaders.Set(context.HttpContext, Visit.Of(context.HttpContext).App);
        context.HttpContext.Response.Headers.XFrameOptions = "DENY";
        return await next(context);
    }

    private static async Task<ContentHttpResult> HomeAsync(
        HttpContext http, BoardReader board, AgentSwitch agents, FormGuard forms, CancellationToken cancel) =>
        Html(HomePage.Render(await FrameAsync(http, board), await agents.ListAsync(cancel), forms.Token(http)));

    private static async Task<ContentHttpResult> BoardAsync(
        HttpContext http, string key, string? agent, BoardReader board, VersionReader versions, NpgsqlDataSource database, TimeProvider clock,
        CancellationToken cancel)
    {
        // Before the cards are read: what changes meanwhile is told again by the stream, never missed.
        var position = await ChangeFeed.NowAsync(database, cancel);
        agent = Asked(agent);
        var frame = await FrameAsync(http, board);
        return Find(frame.Projects, key) is not { } project
            ? Missing(frame)
            : Html(BoardPage.Render(new BoardView
            {
                Project = project,
                Frame = frame,
                States = await board.StatesAsync(project.Id, agent, cancel),
                Cards = await board.CardsAsync(project.Id, agent, cancel),
                Agents = await versions.AgentsAsync(project.Id, card: null, cancel),
                Agent = agent,
                Position = position,
                Today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
            }));
    }

    private static async Task<ContentHttpResult> CardAsync(
        HttpContext http, string key, int number, bool? fragment, string? agent, BoardReader board, CardReader cards, FormGuard forms,
        TimeProvider clock)
    {
        var frame = await FrameAsync(http, board);
        if (Find(frame.Projects, key) is not { } project
            || await cards.ReadAsync(project.Id, number, Asked(agent), http.RequestAborted) is not { } card)
        {
            return Missing(frame);
        }

        var page = new CardPage(card, forms.Token(http), clock.GetUtcNow());
        return Html(fragment is true ? page.Fragment() : page.Page(frame));
    }

    private static async Task EventsAsync(HttpContext http, string key, string? since, string? agent, BoardReader board, BoardEvents events)
    {
        if (Find(await board.ProjectsAsync(http.RequestAborted), key) is not { } project)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        // A browser that connects again says where it was; that is later than the page's own position.
        var resumed = http.Request.Headers["Last-Event-ID"].ToString();
        await events.StreamAsync(http, project.Id, Asked(agent), resumed.Length > 0 ? resumed : since);
    }

    // What can be no agent's id is nobody's, and never reaches the database, which would refuse some of it.
    private static string? Asked(string? agent) =>
        string.IsNullOrEmpty(agent) ? null : agent.Length <= LongestAgentId && !agent.Any(char.IsControl) ? agent : "?";

    public static ProjectRow? Find(IReadOnlyList<ProjectRow> projects, string key) =>
        projects.FirstOrDefault(project => string.Equals(project.Key, key, StringComparison.OrdinalIgnoreCase));

    public static ContentHttpResult Html(Markup page, int status = StatusCodes.Status200OK) =>
        TypedResults.Content(page.ToString(), "text/html; charset=utf-8", statusCode: status);

    public static async Task<Frame> FrameAsync(HttpContext http, BoardReader board) =>
        new(Visit.Of(http), await board.ProjectsAsync(http.RequestAborted));

    public static ContentHttpResult Missing(Frame frame) => Html(
        Layout.Render(frame, "Not found", current: null, Markup.Empty, Markup.Of($"""
            <section class="home"><p class="eyebrow">404</p><h1>There is nothing here</h1><p><a href="/">All projects</a></p></section>
            """)),
        StatusCodes.Status404NotFound);
}
