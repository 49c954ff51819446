using AgentGateway.Tasker.Cards.Comments;
using AgentGateway.Tasker.Cards.Read;
using AgentGateway.Tasker.Cards.Write;
using AgentGateway.Tasker.Content;
using AgentGateway.Tasker.Members;
using AgentGateway.Tasker.Operations;
using AgentGateway.Tasker.Projects;
using AgentGateway.Tasker.Sessions;

namespace AgentGateway.Tasker.Adapter;

/// <summary>The adapter's routes; what is not listed here is refused.</summary>
internal static class AdapterRoutes
{
    public const string Prefix = "/api/internal/nodedc/agent/v1";
    public const string Contract = "1.0";

    public static void AddAdapter(this IServiceCollection services)
    {
        services.AddSingleton<InternalTokens>();
        services.AddHostedService(provider => provider.GetRequiredService<InternalTokens>());
        services.AddSingleton<CallAssertion>();
        services.AddSingleton<Gate>();
        services.AddSingleton<ReadFlow>();
        services.AddSingleton<WriteFlow>();
        services.AddSingleton<ResolveOperation>();
        services.AddSingleton<Identity>();
    }

    public static void MapAdapter(this WebApplication app)
    {
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Prefix), inside => inside.UseMiddleware<Door>());
        var routes = app.MapGroup(Prefix);
        var identity = app.Services.GetRequiredService<Identity>();
        var resolve = app.Services.GetRequiredService<ResolveOperation>();
        routes.MapGet("/health", identity.HealthAsync);
        routes.MapGet("/me", identity.MeAsync);
        routes.MapPost("/operations/{key}/resolve", resolve.RunAsync);
        MapReads(routes, app.Services.GetRequiredService<ReadFlow>());
        MapWrites(routes, app.Services.GetRequiredService<WriteFlow>());
        // Any other path, and any other method on the paths above.
        routes.Map("/{**rest}", new RequestDelegate(_ => throw Refuse.Operation()));
    }

    private static void MapReads(RouteGroupBuilder routes, ReadFlow reads)
    {
        Get("/workspaces/{workspace}/projects", "project:read", ProjectList.ListAsync);
        Get("/workspaces/{workspace}/members", "member:read", ListMembers.RunAsync);
        Get("/projects/{project}/context", "project:read", ProjectContext.RunAsync);
        Get("/projects/{project}/cards", "card:read", ListCards.RunAsync);
        Get("/projects/{project}/changes", "card:read", ListChanges.RunAsync);
        Get("/projects/{project}/work-sessions", "session:report", ListSessions.RunAsync);
        Get("/cards/{card}", "card:read", CardDetail.RunAsync);
        Get("/cards/{card}/comments", "card:read", ListComments.RunAsync);
        Get("/cards/{card}/content", "card:read", GetContent.RunAsync);
        Get("/cards/{card}/activity", "card:read", ListActivity.RunAsync);
        routes.MapPost("/cards/search", http => reads.RunAsync(http, "card:read", SearchCards.RunAsync));
        // The one question the gateway asks before there is a grant.
        routes.MapGet("/workspaces/{workspace}/projects/resolve", http =>
            reads.RunAsync(http, "project:read", ProjectList.ResolveAsync, projects: false));

        void Get(string path, string scope, Func<HttpContext, Visit, Task<Outcome>> answer) =>
            routes.MapGet(path, http => reads.RunAsync(http, scope, answer));
    }

    private static void MapWrites(RouteGroupBuilder routes, WriteFlow writes)
    {
        routes.MapPost("/projects/{project}/members", http => writes.OnProjectAsync(http, AddMember.Write));
        routes.MapPost("/projects/{project}/cards", http => writes.OnProjectAsync(http, CreateCard.Write));
        routes.MapPatch("/cards/{card}", http => writes.OnCardAsync(http, UpdateCard.Write));
        routes.MapPost("/cards/{card}/move", http => writes.OnCardAsync(http, MoveCard.Write));
        routes.MapPost("/cards/{card}/labels", http => writes.OnCardAsync(http, ChangeLabels.Write));
        routes.MapPost("/cards/{card}/assignees", http => writes.OnCardAsync(http, ChangeAssignees.Write));
        routes.MapPost("/cards/{card}/comments", http => writes.OnCardAsync(http, AddComment.Write));
        routes.MapPost("/cards/{card}/content/ops", http => writes.OnCardAsync(http, EditContent.Write));
        routes.MapPost("/cards/{card}/links", http => writes.OnCardAsync(http, AddLink.Write));
        routes.MapPut("/cards/{card}/work-sessions/{session}", http =>
            writes.OnCardAsync(http, PutSession.As(SessionPut.IdFromRoute(http))));
    }
}
