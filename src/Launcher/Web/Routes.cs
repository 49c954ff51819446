using System.Text.Json.Serialization.Metadata;
using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Pages;
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
        var wire = LauncherJson.Wire;
        var api = app.MapGroup(Door.Api);
        Get("/users", Users.ListAsync, wire.PersonPage);
        Post("/users", Users.CreateAsync, wire.Person, StatusCodes.Status201Created);
        Get("/users/{user}", Users.GetAsync, wire.Person);
        Post("/users/{user}/block", BlockSwitch.BlockAsync, wire.BlockChange);
        Post("/users/{user}/unblock", BlockSwitch.UnblockAsync, wire.BlockChange);
        Get("/clients", Clients.ListAsync, wire.ClientList);
        Post("/clients", Clients.CreateAsync, wire.Client, StatusCodes.Status201Created);
        Get("/clients/{client}/contours", Clients.ContoursAsync, wire.ContourList);
        Get("/clients/{client}/members", Members.ListAsync, wire.MemberList);
        Put("/clients/{client}/members/{user}", Members.PutAsync, wire.Member);
        Get($"/clients/{{client}}/users/{{user}}/modules/{Projection.CodexAgents}", ModuleSwitch.GetAsync, wire.ModuleState);
        Put($"/clients/{{client}}/users/{{user}}/modules/{Projection.CodexAgents}", ModuleSwitch.PutAsync, wire.ModuleChange);
        Get("/audit", AuditLog.ListAsync, wire.AuditPage);
        Get("/outbox", DeliveryList.ListAsync, wire.DeliveryPage);

        var check = app.Services.GetRequiredService<AccessCheck>();
        app.MapGet(Door.Internal + "/access-check", new RequestDelegate(async http => await (await check.RunAsync(http)).ExecuteAsync(http)));
        app.MapPages();
        // Any other path, and any other method on the paths above.
        app.Map("/api/{**rest}", new RequestDelegate(_ => throw Refuse.Route()));
        app.Map("/{**rest}", new RequestDelegate(_ => throw Refuse.Route()));

        void Get<T>(string path, Func<Visit, Task<T>> act, JsonTypeInfo<T> type) => api.MapGet(path, Answer(act, type));
        void Put<T>(string path, Func<Visit, Task<T>> act, JsonTypeInfo<T> type) => api.MapPut(path, Answer(act, type));
        void Post<T>(string path, Func<Visit, Task<T>> act, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
            api.MapPost(path, Answer(act, type, status));

        RequestDelegate Answer<T>(Func<Visit, Task<T>> act, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
            async http => await Results.Json(await flow.RunAsync(http, act), type, statusCode: status).ExecuteAsync(http);
    }
}
