using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>Registers what keeps the Launcher's word; asking it only where there is one to ask.</summary>
internal static class EntitlementSetup
{
    public static IServiceCollection AddEntitlements(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<EntitlementBook>();
        services.AddSingleton(settings.Entitlement);
        services.AddSingleton<EntitlementRefresh>();
        services.AddHostedService(provider => provider.GetRequiredService<EntitlementRefresh>());
        if (settings.LauncherBaseUrl is not { } launcher)
        {
            return services.AddSingleton(new EntitlementRule(settings.RequireEntitlement, Ask: null));
        }

        services.AddSingleton(_ => new LauncherClient(launcher, settings.LauncherToken.First));
        services.AddSingleton<EntitlementPull>();
        return services.AddSingleton(provider =>
            new EntitlementRule(Required: true, provider.GetRequiredService<EntitlementPull>().AskAsync));
    }
}
