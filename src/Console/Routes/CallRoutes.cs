using AgentGateway.Canon.Serve;
using AgentGateway.Console.Book;
using AgentGateway.Console.Pages;
using AgentGateway.Console.Review;

namespace AgentGateway.Console.Routes;

/// <summary>The overview, the events of calls, and charts over them.</summary>
internal static class CallRoutes
{
    public static void MapCalls(this RouteGroupBuilder pages)
    {
        pages.MapGet("/", HomeAsync);
        pages.MapGet("/calls", CallsAsync);
        pages.MapGet("/calls/{sequence:long}", CallAsync);
        pages.MapGet("/charts", ChartsAsync);
    }

    private static async Task<IResult> HomeAsync(
        HttpContext http, OverviewReader overviews, ManifestReader manifest, CancellationToken cancel)
    {
        var reader = Reader.Of(Visit.Of(http).Person);
        var overview = await overviews.OverviewAsync(reader, cancel);
        var checkpoint = await overviews.LastCheckpointAsync(cancel);
        return PageResult.Of<HomePage>(new HomePage.Content(overview, checkpoint, (await manifest.ReadAsync(cancel)).Routes));
    }

    private static async Task<IResult> CallsAsync(
        HttpContext http, CallReader calls, AgentReader agents, ManifestReader manifest, CancellationToken cancel)
    {
        var reader = Reader.Of(Visit.Of(http).Person);
        var filter = CallFilter.Read(http.Request.Query);
        var page = await calls.PageAsync(reader, filter, cancel);
        var tools = (await manifest.ReadAsync(cancel)).Routes.Routes.Select(route => route.Tool);
        return PageResult.Of<CallsPage>(new CallsPage.Content(filter, page, await agents.ChoicesAsync(reader, cancel), [.. tools]));
    }

    private static async Task<IResult> CallAsync(HttpContext http, long sequence, CallReader calls, CancellationToken cancel)
    {
        var events = await calls.CallAsync(Reader.Of(Visit.Of(http).Person), sequence, cancel);
        return events.Count == 0 ? Missing.Page(http) : PageResult.Of<CallDetailPage>(new CallDetailPage.Content(sequence, events));
    }

    private static async Task<IResult> ChartsAsync(HttpContext http, ChartReader charts, CancellationToken cancel)
    {
        var range = ChartRange.Of(http.Request.Query["range"]);
        return PageResult.Of<ChartsPage>(await charts.ReadAsync(Reader.Of(Visit.Of(http).Person), range, cancel));
    }
}
