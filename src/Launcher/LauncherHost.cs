using AgentGateway.Canon.Serve;
using AgentGateway.Launcher.Configure;
using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.Entitlements;
using AgentGateway.Launcher.Pages;
using AgentGateway.Launcher.SignIn;
using AgentGateway.Launcher.Storage;
using AgentGateway.Launcher.Web;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AgentGateway.Launcher;

/// <summary>Puts the parts of the Launcher together: the administrators' API, the access check, the deliverer.</summary>
internal static class LauncherHost
{
    private const int LargestBody = 16 * 1024;

    public static WebApplication Build(LauncherSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls(settings.Urls);
        builder.WebHost.ConfigureKestrel(server =>
        {
            server.AddServerHeader = false;
            server.Limits.MaxRequestBodySize = LargestBody;
        });
        builder.Services.AddSerilog((_, log) => log
            .MinimumLevel.Is(Enum.Parse<LogEventLevel>(settings.LogLevel))
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .WriteTo.Console(new CompactJsonFormatter()));

        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<LauncherTokens>();
        builder.Services.AddHostedService<TokenFiles>();
        builder.Services.AddLauncherDatabase(settings.Database);
        builder.Services.AddCanon(LauncherPages.Describe(settings));
        builder.Services.AddSingleton<SignInLinks>();
        builder.Services.AddSingleton<VisitFlow>();
        builder.Services.AddSingleton<PageFlow>();
        builder.Services.AddSingleton<Launches>();
        builder.Services.AddSingleton<AccessCheck>();
        builder.Services.AddSingleton<DeliveryBell>();
        builder.Services.AddSingleton<GatewayClient>();
        builder.Services.AddSingleton<Outbox>();
        builder.Services.AddHostedService<Deliverer>();

        var app = builder.Build();
        app.MapLauncherHealth();
        app.MapLauncher();
        return app;
    }
}
