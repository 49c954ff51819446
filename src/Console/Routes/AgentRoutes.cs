using AgentGateway.Canon.Serve;
using AgentGateway.Console.Book;
using AgentGateway.Console.Pages;

namespace AgentGateway.Console.Routes;

/// <summary>Agents and the review of what they may do.</summary>
internal static class AgentRoutes
{
    private static readonly string[] States = ["active", "suspended", "revoked"];

    public static void MapAgents(this RouteGroupBuilder pages)
    {
        pages.MapGet("/agents", AgentsAsync);
        pages.MapGet("/agents/{id}", AgentAsync);
    }

    private static async Task<IResult> AgentsAsync(HttpContext http, AgentReader agents, CancellationToken cancel)
    {
        string? Word(string name) => http.Request.Query[name] is [{ Length: > 0 and <= 200 } word] && !word.Contains('\0') ? word : null;
        var (search, status, after) = (Word("q"), Word("status"), Word("after"));
        status = States.Contains(status) ? status : null;
        var page = await agents.PageAsync(Reader.Of(Visit.Of(http).Person), search, status, after, cancel);
        return PageResult.Of<AgentsPage>(new AgentsPage.Content(search, status, after is null, page));
    }

    private static async Task<IResult> AgentAsync(HttpContext http, string id, AgentReader agents, CancellationToken cancel) =>
        !id.Contains('\0') && await agents.FindAsync(Reader.Of(Visit.Of(http).Person), id, cancel) is { } file
            ? PageResult.Of<AgentPageView>(file)
            : Missing.Page(http);
}
