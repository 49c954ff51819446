using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Health;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Limits;
using AgentGateway.Gateway.Observe;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Gateway.Relay;
using AgentGateway.Gateway.Rest;
using AgentGateway.Gateway.Sessions;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Setup.Pairing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AgentGateway.Gateway;

/// <summary>Composes the gateway; the order of the middlewares is the way of one call.</summary>
internal static class GatewayApp
{
    /// <param name="settings">Checked.</param>
    /// <param name="manifest">Checked.</param>
    /// <param name="replace">What is registered instead of the product's own, so that the checks can be shown to see it.</param>
    public static WebApplication Build(Settings settings, Manifest manifest, Action<IServiceCollection>? replace = null)
    {
        KestrelLimits.SetSwitches();
        RowMac.UseInProcess(settings.AuditKey);
        // The empty builder reads no environment and no appsettings file: only the checked settings count.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "gateway" });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            KestrelLimits.Apply(kestrel, settings.Connections);
            Listen(kestrel, settings, kestrel.ApplicationServices.GetRequiredService<ConnectionLimit>());
        });
        Logs.AddTo(builder, settings.LogLevel);
        AddServices(builder.Services, settings, manifest);
        replace?.Invoke(builder.Services);

        var app = builder.Build();
        app.UseMiddleware<CallTrace>();
        app.UseAccept(
            new FrontDoorTable(FrontDoorTable.Standard), Door(settings), app.Services.GetRequiredService<ToolCatalog>().ParamHeaders,
            app.Services.GetRequiredService<CallLedger>().RefuseAsync, manifest.Digest, limited: true);
        app.UseWhen(RestRoutes.NeedToken, agents =>
        {
            agents.UseMiddleware<BearerGate>();
            agents.UseMiddleware<Methods>();
            agents.UseMiddleware<RestGate>();
        });
        app.UseWhen(
            http => http.Request.Path.StartsWithSegments(InternalGate.Prefix, StringComparison.Ordinal),
            backends => backends.UseMiddleware<InternalGate>());
        app.UseMiddleware<ToolCallFlow>();
        app.UseRouting();
        app.MapHealth();
        app.MapMetrics(settings);
        app.MapInternal();
        app.MapRest();
        app.MapPairing();
        app.MapPackets();
        app.MapReverseProxy();
        return app;
    }

    private static void AddServices(IServiceCollection services, Settings settings, Manifest manifest)
    {
        services.AddRoutingCore();
        services.AddSingleton(settings);
        services.AddSingleton(manifest);
        services.AddHostedService<SecretFiles>();
        services.AddLedger(settings);
        services.AddOwners(settings);
        services.AddSessions(settings);
        services.AddPairing();
        services.AddPackets();
        services.AddLimits(settings, manifest);
        services.AddObserving(settings);

        var catalog = new ToolCatalog(manifest);
        services.AddSingleton(catalog);
        services.AddSingleton<ToolListing>(catalog.List);
        services.AddSingleton<AgentSessions>();
        services.AddSingleton<CredentialCheck>(provider => provider.GetRequiredService<TokenAuthenticator>().AuthenticateAsync);
        services.AddSingleton<AuthorityRefresh>(provider => provider.GetRequiredService<TokenAuthenticator>().RefreshAsync);
        services.AddSingleton<RefusalRecord>(provider => provider.GetRequiredService<CallLedger>().RefuseAsync);
        services.AddSingleton(provider => new CredentialRefusal(provider.GetRequiredService<RefusalRecord>(), manifest.Digest));

        services.AddSingleton<Decider>();
        services.AddSingleton(new LocalTools(manifest, Reply.Server.Version));
        services.AddSingleton(new DerivedKey(settings.KeySecret.Reveal()));
        services.AddSingleton(provider => new CallAssertion(
            settings.TaskerAssertionKey.IsMissing ? null : settings.TaskerAssertionKey.Reveal(),
            settings.TaskerAssertionKeyId,
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TaskerRelay>();
        services.AddSingleton<Departures>();
        services.AddSingleton<CallReplies>();
        services.AddTaskerProxy(manifest, settings.TaskerBaseUrl, settings.TaskerInternalToken.Reveal);
    }

    private static void AddLimits(this IServiceCollection services, Settings settings, Manifest manifest)
    {
        var sources = new Sources(Door(settings).Proxies());
        services.AddSourceLimit(settings.SourceRate, sources, manifest.Digest);
        services.AddSingleton(provider => new AgentTurns(settings.AgentConcurrency, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new ConnectionLimit(
            sources, settings.SourceConnections, settings.Connections, provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ConnectionLimit>>()));
    }

    private static FrontDoorOptions Door(Settings settings) => new()
    {
        Hosts = [.. settings.AllowedHosts],
        Origins = [.. settings.AllowedOrigins],
        TrustedProxies = [.. settings.TrustedProxies.Select(address => $"{address}/{8 * address.GetAddressBytes().Length}")],
    };

    // One address may serve both kinds of callers; the door's table tells their routes apart.
    private static void Listen(KestrelServerOptions kestrel, Settings settings, ConnectionLimit limit)
    {
        var agents = settings.InternalUrls.Count == 0 ? Listener.Both : Listener.Agent;
        foreach (var url in settings.Urls)
        {
            ListenAddress.Parse(url).Bind(kestrel, agents, limit);
        }

        foreach (var url in settings.InternalUrls)
        {
            ListenAddress.Parse(url).Bind(kestrel, Listener.Internal);
        }
    }
}
