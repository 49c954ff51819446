using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.People;

namespace AgentGateway.Launcher.Web;

/// <summary>The Launcher's routes; what is not listed here is refused.</summary>
internal static class Routes
{
    public static void MapLauncher(this WebApplication app)
    {
        app.UseMiddleware<Door>();
        app.UseRouting();
        var flow = app.Services.GetRequiredService<VisitFlow>();
        var api = app.MapGroup(Door.Api);
        Get("/users", Users.ListAsync);
        Post("/users", Users.CreateAsync);
        Get("/users/{user}", Users.GetAsync);
        Post("/users/{user}/block", BlockSwitch.BlockAsync);
        Post("/users/{user}/unblock", BlockSwitch.UnblockAsync);
        Get("/clients", Clients.ListAsync);
        Post("/clients", Clients.CreateAsync);
        Get("/clients/{client}/contours", Clients.ContoursAsync);
        Get("/clients/{client}/members", Members.ListAsync);
        Put("/clients/{client}/members/{user}", Members.PutAsync);
        Get($"/clients/{{client}}/users/{{user}}/modules/{Projection.CodexAgents}", ModuleSwitch.GetAsync);
        Put($"/clients/{{client}}/users/{{user}}/modules/{Projection.CodexAgents}", ModuleSwitch.PutAsync);
        Get("/audit", AuditLog.ListAsync);
        Get("/outbox", DeliveryList.ListAsync);

        var check = app.Services.GetRequiredService<AccessCheck>();
        app.MapGet(Door.Internal + "/access-check", new RequestDelegate(async http => await (await check.RunAsync(http)).ExecuteAsync(http)));
        // Any other path, and any other method on the paths above.
        app.Map("/{**rest}", new RequestDelegate(_ => throw Refuse.Route()));

        void Get(string path, Func<Visit, Task<IResult>> answer) => api.MapGet(path, http => flow.RunAsync(http, answer));
        void Post(string path, Func<Visit, Task<IResult>> answer) => api.MapPost(path, http => flow.RunAsync(http, answer));
        void Put(string path, Func<Visit, Task<IResult>> answer) => api.MapPut(path, http => flow.RunAsync(http, answer));
    }
}
