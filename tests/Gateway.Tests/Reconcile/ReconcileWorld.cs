using System.Text.Json.Nodes;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Reconcile;
using AgentGateway.Gateway.Relay;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Reconcile;

/// <summary>Gateway and real Tasker with a network between them that loses what the test says.</summary>
internal sealed class ReconcileWorld(ReferenceTasker tasker, LossyNetwork network, FlowWorld flow) : IAsyncDisposable
{
    public ReferenceTasker Tasker => tasker;

    public LossyNetwork Network => network;

    public FlowWorld Flow => flow;

    public Reconciler Reconciler => flow.Services.GetRequiredService<Reconciler>();

    public static async Task<ReconcileWorld> StartAsync(Action<IServiceCollection>? replace = null)
    {
        var tasker = await ReferenceTasker.StartAsync();
        var network = await LossyNetwork.BeforeAsync(tasker.Address);
        return new ReconcileWorld(tasker, network, await FlowWorld.StartAsync(
            taskerAddress: network.Address, owner: ReferenceTasker.Anna.ToString("D"), replace: AskPatiently + replace));
    }

    public Task<JsonNode> CreateCardAsync(string key, string title = "Привет <b>") => flow.ResultAsync(
        "create_card", new JsonObject { ["project"] = "NDC", ["title"] = title, ["idempotency_key"] = key }.ToJsonString());

    public Task<string?> StateAsync() => flow.Ledger.ValueAsync<string>("SELECT max(state) FROM idempotency");

    public Task<T?> ValueAsync<T>(string sql) => flow.Ledger.ValueAsync<T>(sql);

    /// <summary>As if the time had passed in which the last attempt could still be under way.</summary>
    public Task LetLeaseEndAsync() => flow.Ledger.ExecuteAsync(
        "UPDATE idempotency SET lease_until = clock_timestamp() - interval '1 second', next_attempt_at = NULL");

    /// <summary>Returns when the gateway has settled it without being asked.</summary>
    public async Task SettledAsync(string state, string tool = "create_card")
    {
        await LetLeaseEndAsync();
        await Eventually.TrueAsync(async () =>
            await ValueAsync<string>($"SELECT max(state) FROM idempotency WHERE tool = '{tool}'") == state);
    }

    public Task<long> ReconciledAsync() => ValueAsync<long>(
        "SELECT count(*) FROM audit_events WHERE kind = 'settled' AND cause = 'reconciled'");

    // A slow machine may need longer for what a test puts between Tasker's word and the gateway.
    private static void AskPatiently(IServiceCollection services) => services.AddSingleton(provider =>
    {
        var settings = provider.GetRequiredService<Settings>();
        return new OperationResolver(
            settings.TaskerBaseUrl, settings.TaskerInternalToken, provider.GetRequiredService<DerivedKey>(), TimeSpan.FromMinutes(1));
    });

    public async ValueTask DisposeAsync()
    {
        await flow.DisposeAsync();
        await network.DisposeAsync();
        await tasker.DisposeAsync();
    }
}
