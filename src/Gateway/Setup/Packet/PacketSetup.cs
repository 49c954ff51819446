namespace AgentGateway.Gateway.Setup.Packet;

/// <summary>Registers what writes setup packets and maps the agents' route to their own.</summary>
internal static class PacketSetup
{
    public static IServiceCollection AddPackets(this IServiceCollection services) =>
        services.AddSingleton<PacketWriter>().AddSingleton<SetupRoutes>();

    public static void MapPackets(this WebApplication app) =>
        app.MapMethods(SetupRoutes.Session, ["GET"], app.Services.GetRequiredService<SetupRoutes>().ShowOwnAsync);
}
