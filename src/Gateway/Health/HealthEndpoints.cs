namespace AgentGateway.Gateway.Health;

/// <summary>stub</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app) => app.MapGet("/healthz", () => "ok");
}
