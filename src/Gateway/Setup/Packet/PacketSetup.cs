using AgentGateway.Gateway.Authenticate;

namespace AgentGateway.Gateway.Setup.Packet;

/// <summary>Puts the agents' setup route behind the same credential check as their calls.</summary>
internal static class PacketSetup
{
    public static IServiceCollection AddPackets(this IServiceCollection services) =>
        services.AddSingleton<PacketWriter>().AddSingleton<SetupRoutes>();

    public static void UsePackets(this IApplicationBuilder app) =>
        app.UseWhen(http => http.Request.Path == SetupRoutes.Session, agents => agents.UseMiddleware<BearerGate>());

    public static void MapPackets(this WebApplication app) =>
        app.MapMethods(SetupRoutes.Session, ["GET"], app.Services.GetRequiredService<SetupRoutes>().ShowOwnAsync);
}
