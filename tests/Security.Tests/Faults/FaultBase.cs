using AgentGateway.Security.Tests.Rig;
using AgentGateway.Support;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>What all suites of faults share: two Postgres servers and one real Tasker.</summary>
public sealed class FaultBase : IAsyncLifetime
{
    private PostgresCluster? _gateways;
    private ReferenceTasker? _tasker;

    internal HttpClient Client { get; } = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>Of the gateways alone: this one is stopped, paused and filled up.</summary>
    internal PostgresCluster Gateways => _gateways ?? throw new InvalidOperationException("Not started.");

    internal ReferenceTasker Tasker => _tasker ?? throw new InvalidOperationException("Not started.");

    internal string TaskerToken { get; } = GatewaySettings.Secret();

    internal string AssertionKey { get; } = GatewaySettings.Secret();

    internal string Logs { get; } = Directory.CreateTempSubdirectory("agw-faults-").FullName;

    public async Task InitializeAsync()
    {
        // What counts is the order of commits, not the disk: no suite here pulls the plug on the machine.
        _gateways = await PostgresCluster.StartNewAsync(fsync: false, "track_commit_timestamp=on");
        var tasks = await PostgresCluster.SharedAsync();
        _tasker = await ReferenceTasker.StartAsync(Client, await tasks.CreateDatabaseAsync(), TaskerToken, AssertionKey, Logs);
    }

    public async Task DisposeAsync()
    {
        await (_tasker?.DisposeAsync() ?? default);
        await (_gateways?.DisposeAsync() ?? default);
        Client.Dispose();
        Directory.Delete(Logs, recursive: true);
    }
}
