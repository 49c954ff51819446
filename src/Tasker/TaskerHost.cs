using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Adapter;
using AgentGateway.Tasker.Agents;
using AgentGateway.Tasker.Board;
using AgentGateway.Tasker.Panel;
using AgentGateway.Tasker.Raw;
using AgentGateway.Tasker.SignIn;
using AgentGateway.Tasker.Storage;
using Serilog;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AgentGateway.Tasker;

/// <summary>Puts the parts of Tasker together: the adapter for the gateway, the board for people, the tracker's own API.</summary>
internal static class TaskerHost
{
    /// <param name="settings">As read from the environment.</param>
    /// <param name="clock">The machine's own if none is given.</param>
    public static WebApplication Build(TaskerSettings settings, TimeProvider? clock = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [], ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.Listen(settings);
        builder.WebHost.ConfigureKestrel(server => server.AddServerHeader = false);
        builder.Services.AddSerilog((_, log) => log
            .MinimumLevel.Is(Enum.Parse<LogEventLevel>(settings.LogLevel))
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .WriteTo.Console(new CompactJsonFormatter()));

        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(clock ?? TimeProvider.System);
        builder.Services.AddTrackerDatabase(settings.Database);
        builder.Services.AddAdapter();
        builder.Services.AddBoard();
        builder.Services.AddCanon(TaskerCanon.Of(settings.Launch));
        builder.Services.AddAgentPages(settings);
        builder.Services.AddPanel();

        var app = builder.Build();
        app.KeepListenersApart(settings);
        app.MapTaskerHealth();
        app.MapAdapter();
        var pages = app.MapCanon();
        pages.MapAgentPages();
        pages.MapPanel();
        var board = app.MapGroup("");
        if (settings.Launch.SignInNeeded)
        {
            board.OnlyForMembers();
        }

        board.MapBoard();
        app.MapRawApi(settings.RawApiKey);
        return app;
    }
}
