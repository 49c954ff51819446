using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents;
using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Panel;

/// <summary>Shows administrators who works on what, and tells their open pages when that changes.</summary>
internal sealed class PanelRoutes(Desks desks, GatewayWire wire, PanelFeed feed)
{
    private const int LongestCursor = 128;

    public async Task<IResult> ShowAsync(HttpContext http)
    {
        var desk = await AdminAsync(http);
        var state = http.Request.Query["state"].ToString() is { Length: > 0 } word ? word : null;
        var cursor = http.Request.Query["cursor"].ToString() is { Length: > 0 and <= LongestCursor } place ? place : null;
        if (state is not null && !PanelModel.States.Contains(state))
        {
            throw new FaultException(GatewayFault.Missing());
        }

        var path = $"reporting/agents?workspace={Uri.EscapeDataString(desk.Workspace.Slug)}"
            + (state is null ? "" : $"&state={state}")
            + (cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}");
        var reported = Desk.Need(await wire.ReadAsync(path, ReportedJson.Default.ReportedAgents, http.RequestAborted));
        return PageResult.Of<PanelPage>(new PanelModel(desk, reported) { State = state, Cursor = cursor });
    }

    /// <summary>Says that something changed, never what: the page asks again, and is asked again who may see it.</summary>
    public async Task EventsAsync(HttpContext http)
    {
        await AdminAsync(http);
        await feed.StreamAsync(http);
    }

    private async Task<Desk> AdminAsync(HttpContext http)
    {
        var desk = await desks.OpenForReadingAsync(http);
        return desk.Workspace.IsAdmin
            ? desk
            : throw new FaultException(new GatewayFault(StatusCodes.Status403Forbidden, "not_admin", desk.Words["not_admin.text"]));
    }
}

/// <summary>Puts the panel among the pages behind the gate.</summary>
internal static class PanelPages
{
    public static IServiceCollection AddPanel(this IServiceCollection services) => services
        .AddSingleton<PanelFeed>()
        .AddHostedService(provider => provider.GetRequiredService<PanelFeed>())
        .AddSingleton<PanelRoutes>();

    public static void MapPanel(this RouteGroupBuilder pages)
    {
        pages.MapGet("/agents", (HttpContext http, PanelRoutes panel) => panel.ShowAsync(http));
        pages.MapGet("/agents/events", (HttpContext http, PanelRoutes panel) => panel.EventsAsync(http));
    }
}
