using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.All;
using AgentGateway.Tasker.Agents.Backend;
using AgentGateway.Tasker.Agents.Features;
using AgentGateway.Tasker.Agents.One;
using AgentGateway.Tasker.Agents.Pairing;
using AgentGateway.Tasker.Agents.Shared;
using AgentGateway.Tasker.SignIn;

namespace AgentGateway.Tasker.Agents;

/// <summary>The pages on agents, all of them behind the gate: a browser asks Tasker, and Tasker alone asks the gateway.</summary>
internal static class AgentPages
{
    private const string Agents = "/settings/agents";
    private const string Agent = Agents + "/{agent}";
    private const string Features = "/settings/features";
    private const string Pair = Agents + "/pair";

    public static readonly CanonAssets Assets = new(typeof(AgentPages).Assembly, "tasker/");

    public static IServiceCollection AddAgentPages(this IServiceCollection services, TaskerSettings settings) => services
        .AddSingleton(settings.Gateway)
        .AddSingleton(settings.Launch)
        .AddSingleton<GatewayWire>()
        .AddSingleton<MemberBook>()
        .AddSingleton<FeatureBook>()
        .AddSingleton<Desks>()
        .AddSingleton<EmergencyStop>()
        .AddSingleton<ConsoleIssuer>()
        .AddSingleton<AllRoutes>()
        .AddSingleton<OneRoutes>()
        .AddSingleton<TokenRoutes>()
        .AddSingleton<HistoryRoutes>()
        .AddSingleton<PairingRoutes>()
        .AddSingleton<FeatureRoutes>();

    /// <param name="pages">Behind the gate: signed in, and changes by our own forms alone.</param>
    public static void MapAgentPages(this RouteGroupBuilder pages)
    {
        var routes = pages.MapGroup("").AddEndpointFilter(KeepAsync);
        routes.MapGet("/settings", () => new SeeOther(Features));
        MapFeatures(routes);
        MapPairing(routes);
        MapAll(routes);
        MapOne(routes);
        MapTokens(routes);
        // A lambda: the analyzer of routes ends on a method of another assembly (dotnet/aspnetcore #68976).
        pages.MapGet("/tasker/{digest}/{name}", (HttpContext http, string digest, string name) => Assets.Serve(http, digest, name)).OpenToAll();
    }

    private static void MapFeatures(RouteGroupBuilder routes)
    {
        routes.MapGet(Features, (HttpContext http, FeatureRoutes features) => features.ShowAsync(http));
        routes.MapPost(Features + "/switch", (HttpContext http, FeatureRoutes features) => features.SwitchAsync(http));
        routes.MapPost(Features + "/maximum", (HttpContext http, FeatureRoutes features) => features.LimitAsync(http));
        routes.MapPost(Features + "/stop", (HttpContext http, FeatureRoutes features) => features.StopAsync(http));
        routes.MapPost("/settings/console", (HttpContext http, FeatureRoutes features, ConsoleIssuer issuer) =>
            features.ConsoleAsync(http, issuer));
    }

    private static void MapPairing(RouteGroupBuilder routes)
    {
        routes.MapGet(Pair, (HttpContext http, PairingRoutes pairing) => pairing.ShowAsync(http)).OpenToAll();
        routes.MapPost(Pair + "/approve", (HttpContext http, PairingRoutes pairing) => pairing.ApproveAsync(http))
            .OnlyWhenFresh(PairingRoutes.AddressOfForm);
        routes.MapPost(Pair + "/deny", (HttpContext http, PairingRoutes pairing) => pairing.DenyAsync(http));
    }

    private static void MapAll(RouteGroupBuilder routes)
    {
        routes.MapGet(Agents, (HttpContext http, AllRoutes all) => all.ListAsync(http));
        routes.MapPost(Agents, (HttpContext http, AllRoutes all) => all.CreateAsync(http));
        routes.MapGet(Agents + "/new", (HttpContext http, AllRoutes all) => all.AskAsync(http));
    }

    private static void MapOne(RouteGroupBuilder routes)
    {
        routes.MapGet(Agent, (HttpContext http, string agent, OneRoutes one) => one.ShowAsync(http, agent));
        routes.MapPost(Agent, (HttpContext http, string agent, OneRoutes one) => one.SaveAsync(http, agent));
        routes.MapPost(Agent + "/grants", (HttpContext http, string agent, OneRoutes one) => one.GrantAsync(http, agent));
        routes.MapPost(Agent + "/grants/{project}/revoke", (HttpContext http, string agent, string project, OneRoutes one) =>
            one.RevokeGrantAsync(http, agent, project));
        routes.MapPost(Agent + "/suspend", (HttpContext http, string agent, OneRoutes one) => one.SuspendAsync(http, agent));
        routes.MapPost(Agent + "/resume", (HttpContext http, string agent, OneRoutes one) => one.ResumeAsync(http, agent));
        routes.MapPost(Agent + "/revoke", (HttpContext http, string agent, OneRoutes one) => one.RevokeAsync(http, agent));
        routes.MapGet(Agent + "/activity", (HttpContext http, string agent, HistoryRoutes history) => history.ActivityAsync(http, agent));
        routes.MapGet(Agent + "/review", (HttpContext http, string agent, HistoryRoutes history) => history.ReviewAsync(http, agent));
        routes.MapGet(Agent + "/setup", (HttpContext http, string agent, HistoryRoutes history) => history.SetupAsync(http, agent));
        routes.MapPost(Agent + "/setup", (HttpContext http, string agent, HistoryRoutes history) => history.PacketAsync(http, agent));
        routes.MapGet(Agent + "/state", (HttpContext http, string agent, HistoryRoutes history) => history.StateAsync(http, agent));
    }

    private static void MapTokens(RouteGroupBuilder routes)
    {
        routes.MapGet(Agent + "/tokens", (HttpContext http, string agent, TokenRoutes tokens) => tokens.ListAsync(http, agent));
        routes.MapPost(Agent + "/tokens", (HttpContext http, string agent, TokenRoutes tokens) => tokens.IssueAsync(http, agent))
            .OnlyWhenFresh(TokensOf);
        routes.MapPost(Agent + "/tokens/{token:guid}/rotate", (HttpContext http, string agent, Guid token, TokenRoutes tokens) =>
            tokens.RotateAsync(http, agent, token)).OnlyWhenFresh(TokensOf);
        routes.MapPost(Agent + "/tokens/{token:guid}/revoke", (HttpContext http, string agent, Guid token, TokenRoutes tokens) =>
            tokens.RevokeAsync(http, agent, token));
    }

    private static string TokensOf(HttpContext http) => $"{Agents}/{Uri.EscapeDataString((string)http.Request.RouteValues["agent"]!)}/tokens";

    // A gateway that is away must not take with it what a person has just entered.
    private static async ValueTask<object?> KeepAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var request = context.HttpContext.Request;
        try
        {
            return await next(context);
        }
        catch (FaultException away) when (away.Fault.IsAway && HttpMethods.IsPost(request.Method) && request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(context.HttpContext.RequestAborted);
            var fields = form.Where(field => field.Key != Canon.SignIn.Csrf.Field)
                .SelectMany(field => field.Value.OfType<string>().Select(value => KeyValuePair.Create(field.Key, value)));
            return PageResult.Of<RetryPage>(new Retry(away.Fault, request.Path + request.QueryString, [.. fields]), away.Fault.Status);
        }
    }
}
