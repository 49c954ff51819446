using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AgentGateway.Gateway;

/// <summary>Where the gateway's sentences go: one compact JSON object a line on stdout, nothing else there.</summary>
internal static class Logs
{
    public static void AddTo(WebApplicationBuilder builder, LogEventLevel level)
    {
        var logger = new LoggerConfiguration()
            .MinimumLevel.Is(level)
            // Frameworks log paths, headers and parameters at lower levels; these may hold what only the agent may see.
            .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
            .MinimumLevel.Override("System", LogEventLevel.Warning)
            .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
            .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
            .Enrich.With(new WithoutPath())
            .WriteTo.Console(new RenderedCompactJsonFormatter())
            .CreateLogger();
        builder.Logging.ClearProviders();
        builder.Services.AddSerilog(logger, dispose: true);
    }

    // The server adds to each line what was asked for, and a caller may have put a token or a code there.
    private sealed class WithoutPath : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory) => logEvent.RemovePropertyIfPresent("RequestPath");
    }
}
