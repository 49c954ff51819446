using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Health;
using AgentGateway.Gateway.Ledger.Flushes;
using AgentGateway.Gateway.Ledger.Reconcile;
using AgentGateway.Gateway.Ledger.Refusals;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Ledger.Sealing.Keeping;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Relay;
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
            settings.LauncherBaseUrl is null ? null : settings.Entitlement.MaxStaleness)
            {
                Rule = provider.GetRequiredService<EntitlementRule>(),
            });
        services.AddSingleton(provider => new AuthorityCache(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<TokenAuthenticator>();
        services.AddSingleton(provider => new LedgerWriter(
            LedgerDatabase.OpenForWriter(settings.Database), provider.GetRequiredService<TrailingEvents>(), settings.Rates,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LedgerWriter>>(),
            new LineLimits(LedgerDatabase.Patience)));
        services.AddSingleton<CallLedger>();
        services.AddSingleton<CallAdmission>(provider => provider.GetRequiredService<CallLedger>().TryAdmitAsync);
        services.AddSingleton<CallSettlement>(provider => provider.GetRequiredService<CallLedger>().TrySettleAsync);
        services.AddSingleton<AgentBook>();
        services.AddSingleton(_ => new TaskerDirectory(settings.TaskerBaseUrl, settings.TaskerInternalToken));
        services.AddSingleton<AuditCondition>();
        services.AddSingleton<Readiness>();
        // Hosted services stop in reverse: the writer of calls first, then what it leaves behind for the others is written and sealed.
        AddWriter<PartitionKeeper>(services);
        services.AddReconciling(settings);
        services.AddSealing(settings);
        AddWriter<TokenUse>(services);
        AddWriter<RefusalBook>(services);
        AddWriter<TrailingEvents>(services);
        services.AddHostedService(provider => provider.GetRequiredService<LedgerWriter>());
        return services;
    }

    private static void AddReconciling(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<DoubtTable>();
        services.AddSingleton<DoubtAlarm>();
        services.AddSingleton(provider => new OperationResolver(
            settings.TaskerBaseUrl, settings.TaskerInternalToken, provider.GetRequiredService<DerivedKey>(), OperationResolver.Patience));
        services.AddSingleton(settings.OutcomeTerms);
        AddWriter<Reconciler>(services);
        AddWriter<OldOutcomes>(services);
        AddWriter<UnsettledReads>(services);
    }

    private static void AddSealing(this IServiceCollection services, Settings settings)
    {
        services.AddSingleton<SealingState>();
        if (settings.CheckpointKey.IsMissing)
        {
            return;
        }

        services.AddHostedService(provider => new Sealer(
            provider.GetRequiredService<NpgsqlDataSource>(),
            CheckpointKey.FromPem(settings.CheckpointKey.Reveal()),
            settings.CheckpointFile.Length == 0 ? null : new CheckpointFile(settings.CheckpointFile),
            provider.GetRequiredService<SealingState>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Sealer>>()));
    }

    private static void AddWriter<T>(IServiceCollection services)
        where T : BackgroundService
    {
        services.AddSingleton<T>();
        services.AddHostedService(provider => provider.GetRequiredService<T>());
    }
}
