using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Owners.Entitlements;
using AgentGateway.Gateway.Reporting;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Setup.Pairing;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Does one thing that a backend may ask for.</summary>
internal delegate Task<OwnerAnswer> OwnerHandler(OwnerRequest request, CancellationToken cancel);

/// <summary>The backends' routes, each behind the internal token and each a row of the front door's table.</summary>
internal static class InternalRoutes
{
    private const string Agents = InternalGate.Prefix + "/owners/{owner}/agents";
    private const string Agent = Agents + "/{agent}";
    private const string Grant = Agent + "/grants/{project}";
    private const string Token = Agent + "/tokens/{token}";

    public static IServiceCollection AddOwners(this IServiceCollection services, Settings settings) => services
        .AddSingleton<StoredAnswers>()
        .AddHostedService<OldAnswers>()
        .AddSingleton<GrantWishes>()
        .AddSingleton<LimitWishes>()
        .AddSingleton<AgentRoutes>()
        .AddSingleton<GrantRoutes>()
        .AddSingleton<TokenRoutes>()
        .AddSingleton<HistoryRoutes>()
        .AddSingleton<EntitlementRoutes>()
        .AddSingleton<ReportingTable>()
        .AddSingleton<ReportingRoutes>()
        .AddSingleton<ChangeFeed>()
        .AddHostedService(provider => provider.GetRequiredService<ChangeFeed>())
        .AddSingleton<ChangeStream>()
        .AddEntitlements(settings);

    public static void MapInternal(this WebApplication app)
    {
        var services = app.Services;
        var agents = services.GetRequiredService<AgentRoutes>();
        Read(app, Agents, agents.ListAsync);
        Write(app, "POST", Agents, agents.CreateAsync);
        Read(app, Agent, agents.ShowAsync);
        Write(app, "PATCH", Agent, agents.PatchAsync);
        Write(app, "POST", Agent + "/revoke", agents.RevokeAsync);
        Write(app, "POST", Agent + "/suspend", agents.SuspendAsync);
        Write(app, "POST", Agent + "/resume", agents.ResumeAsync);
        Write(app, "POST", Agent + "/setup-packet", services.GetRequiredService<SetupRoutes>().MakeAsync);

        var grants = services.GetRequiredService<GrantRoutes>();
        Read(app, Grant, grants.ShowAsync);
        Write(app, "PUT", Grant, grants.PutAsync);
        Write(app, "POST", Grant + "/revoke", grants.RevokeAsync);

        var tokens = services.GetRequiredService<TokenRoutes>();
        Read(app, Agent + "/tokens", tokens.ListAsync);
        Write(app, "POST", Agent + "/tokens", tokens.IssueAsync);
        Write(app, "POST", Token + "/revoke", tokens.RevokeAsync);
        Write(app, "POST", Token + "/rotate", tokens.RotateAsync);

        var history = services.GetRequiredService<HistoryRoutes>();
        Read(app, Agent + "/activity", history.ActivityAsync);
        Read(app, Agent + "/access-review", history.ReviewAsync);

        var entitlements = services.GetRequiredService<EntitlementRoutes>();
        Read(app, EntitlementRoutes.One, entitlements.ShowAsync);
        Push(app, "PUT", EntitlementRoutes.One, entitlements.PutAsync);
        Push(app, "POST", EntitlementRoutes.Batch, entitlements.BatchAsync);

        var reporting = services.GetRequiredService<ReportingRoutes>();
        Read(app, ReportingRoutes.Agents, reporting.AgentsAsync);
        Read(app, ReportingRoutes.Sessions, reporting.SessionsAsync);
        Stream(app, ReportingRoutes.Stream, services.GetRequiredService<ChangeStream>().ServeAsync);

        var pairings = services.GetRequiredService<PairingRoutes>();
        Read(app, PairingRoutes.One, pairings.ShowAsync);
        Write(app, "POST", PairingRoutes.Approve, pairings.ApproveAsync);
        Write(app, "POST", PairingRoutes.Deny, pairings.DenyAsync);
    }

    private static void Read(WebApplication app, string path, OwnerHandler handle) => app.MapMethods(path, ["GET"], http =>
        AnswerAsync(http, async () => await handle(OwnerRequest.Read(http), http.RequestAborted)));

    // What cannot begin is refused like everything else; what has begun only ends.
    private static void Stream(WebApplication app, string path, RequestDelegate serve) => app.MapMethods(path, ["GET"], http =>
        TryAsync(http, () => serve(http)));

    private static void Push(WebApplication app, string method, string path, OwnerHandler handle) =>
        app.MapMethods(path, [method], http =>
            AnswerAsync(http, async () => await handle(await OwnerRequest.ReadPushAsync(http), http.RequestAborted)));

    private static void Write(WebApplication app, string method, string path, OwnerHandler handle)
    {
        var stored = app.Services.GetRequiredService<StoredAnswers>();
        app.MapMethods(path, [method], http => AnswerAsync(http, async () =>
            await OnceAsync(stored, await OwnerRequest.ReadWriteAsync(http), handle, http)));
    }

    // Of two equal writes at once the second runs into the first one's row, is undone as a whole, and gets its answer.
    private static async Task<OwnerAnswer> OnceAsync(
        StoredAnswers stored, OwnerRequest request, OwnerHandler handle, HttpContext http)
    {
        if (request.Key is not { } key)
        {
            return await handle(request, http.RequestAborted);
        }

        if (await stored.FindAsync(key, http.RequestAborted) is { } known)
        {
            return Repeated(http, known);
        }

        try
        {
            return await handle(request, http.RequestAborted);
        }
        catch (PostgresException second) when (second.ConstraintName == StoredAnswers.Constraint)
        {
            var first = await stored.FindAsync(key, http.RequestAborted);
            return Repeated(http, first ?? throw new RequestRefusedException(Reasons.IdempotencyInProgress));
        }
    }

    private static OwnerAnswer Repeated(HttpContext http, OwnerAnswer answer)
    {
        http.Response.Headers["Idempotent-Replayed"] = "true";
        return answer;
    }

    /// <summary>Answers, or says why not; a database that is away or too slow is a reason too.</summary>
    public static Task AnswerAsync(HttpContext http, Func<Task<OwnerAnswer>> act) =>
        TryAsync(http, async () => await OwnerReply.SendAsync(http, await act()));

    private static async Task TryAsync(HttpContext http, Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (RequestRefusedException refused)
        {
            await OwnerReply.RefuseAsync(http, refused);
        }
        catch (NpgsqlException lost) when (
            lost is not PostgresException
            {
                // A standby that was not promoted yet refuses as the second one.
                SqlState: not (PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction),
            } || lost.IsTransient)
        {
            http.RequestServices.GetRequiredService<ILogger<OwnerRequest>>().OwnerRequestFailed(
                http.Request.Method, (lost as PostgresException)?.SqlState ?? lost.GetBaseException().GetType().Name);
            await OwnerReply.RefuseAsync(http, new RequestRefusedException(Reasons.LedgerUnavailable));
        }
    }
}
