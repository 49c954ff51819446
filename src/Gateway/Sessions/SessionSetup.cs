using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Relay;

namespace AgentGateway.Gateway.Sessions;

/// <summary>Registers work sessions; the steps of every call go through them.</summary>
internal static class SessionSetup
{
    public static IServiceCollection AddSessions(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(settings.Sessions);
        services.AddSingleton<SessionLookup>();
        services.AddSingleton<SessionChanges>();
        services.AddSingleton<SessionNotes>();
        services.AddSingleton<SessionSteps>();
        services.AddSingleton(provider => new SessionComments(
            settings.TaskerBaseUrl, () => settings.TaskerInternalToken.Reveal(), provider.GetRequiredService<DerivedKey>(),
            provider.GetRequiredService<CallAssertion>(), provider.GetRequiredService<ILogger<SessionComments>>()));
        services.AddSingleton<SessionRound>();
        services.AddHostedService(provider => provider.GetRequiredService<SessionRound>());
        return services.AddSingleton(provider =>
        {
            var sessions = provider.GetRequiredService<SessionSteps>();
            return new LedgerSteps(
                sessions.Around(provider.GetRequiredService<CallAdmission>()),
                sessions.Around(provider.GetRequiredService<CallSettlement>()));
        });
    }
}
