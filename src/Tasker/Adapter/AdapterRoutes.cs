namespace AgentGateway.Tasker.Adapter;

/// <summary>The adapter's routes; what is not listed here is refused.</summary>
internal static class AdapterRoutes
{
    public static void AddAdapter(this IServiceCollection services)
    {
    }

    public static void MapAdapter(this WebApplication app)
    {
    }
}
