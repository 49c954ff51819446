using System.Collections.Frozen;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace AgentGateway.Gateway;

/// <summary>Where the gateway's sentences go: one compact JSON object a line on stdout, nothing else there.</summary>
internal static class Logs
{
    /// <summary>
    /// Every field that may be written: those of our own sentences, and what says whose sentence it is. Frameworks attach
    /// paths, headers and parameters, and a caller may have put a token or a code there.
    /// </summary>
    public static readonly FrozenSet<string> Fields = FrozenSet.Create(
        StringComparer.Ordinal,
        "Admission", "Admissions", "Count", "Detail", "Expected", "Failure", "Fault", "File", "Found", "Line", "Method", "Name", "Number",
        "Owner", "Reason", "RequestId", "Session", "Setting", "Settlements", "Status", "Tool", "Urls", "Version", "Why",
        "EventId", "SourceContext");

    public static void AddTo(WebApplicationBuilder builder, LogEventLevel level)
    {
        var logger = Configure(level).WriteTo.Console(new RenderedCompactJsonFormatter()).CreateLogger();
        builder.Logging.ClearProviders();
        builder.Services.AddSerilog(logger, dispose: true);
    }

    /// <summary>Everything but where it is written.</summary>
    public static LoggerConfiguration Configure(LogEventLevel level) => new LoggerConfiguration()
        .MinimumLevel.Is(level)
        // Frameworks log paths, headers and parameters at lower levels; these may hold what only the agent may see.
        .MinimumLevel.Override("Microsoft", LogEventLevel.Warning)
        .MinimumLevel.Override("System", LogEventLevel.Warning)
        .MinimumLevel.Override("Yarp", LogEventLevel.Warning)
        .MinimumLevel.Override("Npgsql", LogEventLevel.Warning)
        .MinimumLevel.Override("OpenTelemetry", LogEventLevel.Warning)
        .Enrich.With(new OnlyListed());

    private sealed class OnlyListed : ILogEventEnricher
    {
        public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
        {
            foreach (var name in logEvent.Properties.Keys.Where(name => !Fields.Contains(name)).ToList())
            {
                logEvent.RemovePropertyIfPresent(name);
            }
        }
    }
}
