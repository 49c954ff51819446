using Serilog.Events;

namespace AgentGateway.Gateway;

/// <summary>stub</summary>
internal static class Logs
{
    public static void AddTo(WebApplicationBuilder builder, LogEventLevel level) => builder.Logging.SetMinimumLevel((LogLevel)(int)level);
}
