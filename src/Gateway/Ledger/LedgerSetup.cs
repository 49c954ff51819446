using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Health;
using AgentGateway.Gateway.Ledger.Flushes;
using AgentGateway.Gateway.Ledger.Refusals;
using AgentGateway.Gateway.Owners;
using Npgsql;

namespace AgentGateway.Gateway.Ledger;

/// <summary>
/// Registers what reads and writes the gateway's database: ledger, authentication and their background writers.
/// </summary>
internal static class LedgerSetup
{
    public static IServiceCollection AddLedger(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => LedgerDatabase.Open(settings.Database));
        services.AddSingleton(new TokenDigests(settings.TokenPeppers));
        services.AddSingleton(provider =>
            new AuthorityTable(
            provider.GetRequiredService<NpgsqlDataSource>(),
            settings.LauncherBaseUrl is null ? null : settings.Entitlement.MaxStaleness));
        services.AddSingleton(provider => new AuthorityCache(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TokenAuthenticator>();
        services.AddSingleton(provider => new LedgerWriter(
            LedgerDatabase.OpenForWriter(settings.Database), provider.GetRequiredService<TrailingEvents>(), settings.Rates,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LedgerWriter>>(),
            LedgerDatabase.Patience));
        services.AddSingleton<CallLedger>();
        services.AddSingleton<AgentBook>();
        services.AddSingleton(_ => new TaskerDirectory(settings.TaskerBaseUrl, settings.TaskerInternalToken));
        services.AddSingleton<Readiness>();
        AddWriter<TokenUse>(services);
        AddWriter<RefusalBook>(services);
        AddWriter<TrailingEvents>(services);
        // Hosted services stop in reverse: this one first, then what it leaves behind for the others is written.
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWriter>());
        return services;
    }

    private static void AddWriter<T>(IServiceCollection services)
        where T : BackgroundService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
