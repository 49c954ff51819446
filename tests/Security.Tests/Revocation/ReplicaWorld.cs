using AgentGateway.Security.Tests.Rig;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.Security.Tests.Revocation;

/// <summary>Three replicas over one Postgres before a fast Tasker, right or all with the same planted mistake.</summary>
internal sealed class ReplicaWorld : IAsyncDisposable
{
    private const int Count = 3;

    private readonly PostgresCluster _cluster;
    private readonly NpgsqlDataSource _judge;
    private readonly SocketsHttpHandler _handler = new() { UseProxy = false, UseCookies = false, MaxConnectionsPerServer = 64 };
    private readonly string _logs = Directory.CreateTempSubdirectory("agw-replicas-").FullName;

    private ReplicaWorld(PostgresCluster cluster, FakeTasker tasker, GatewaySettings settings)
    {
        _cluster = cluster;
        Tasker = tasker;
        Settings = settings;
        _judge = NpgsqlDataSource.Create(settings.Database);
        Client = new HttpClient(_handler) { Timeout = TimeSpan.FromSeconds(40) };
        Owners = new OwnersDoor(Client, settings.InternalToken);
        Agents = new AgentDoor(Client);
        Replicas = [];
    }

    public FakeTasker Tasker { get; }

    public GatewaySettings Settings { get; }

    public HttpClient Client { get; }

    public string Logs => _logs;

    public OwnersDoor Owners { get; }

    public AgentDoor Agents { get; }

    public IReadOnlyList<Replica> Replicas { get; private set; }

    public static async Task<ReplicaWorld> StartAsync(string? plant = null)
    {
        // Its own cluster and durable: how long a commit takes is the very thing that is raced against.
        var cluster = await PostgresCluster.StartNewAsync(fsync: true);
        var tasker = await FakeTasker.StartAsync();
        var settings = new GatewaySettings { Database = await cluster.CreateDatabaseAsync(), Tasker = tasker.Address };
        var world = new ReplicaWorld(cluster, tasker, settings);
        await Replica.MigrateAsync(settings, Path.Combine(world._logs, "migrate.log"));
        world.Replicas = [.. Enumerable.Range(1, Count).Select(number =>
            Replica.Start(settings, Path.Combine(world._logs, $"replica-{number}.log"), plant))];
        await Task.WhenAll(world.Replicas.Select(replica => replica.WaitUntilReadyAsync(world.Client)));
        return world;
    }

    /// <summary>How many calls of the agent the database holds as admitted.</summary>
    public async Task<long> AdmittedAsync(string agent)
    {
        await using var count = _judge.CreateCommand("SELECT count(*) FROM audit_events WHERE kind = 'admitted' AND agent_id = $1");
        count.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agent });
        return (long)(await count.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Replicas.Select(replica => replica.DisposeAsync().AsTask()));
        Client.Dispose();
        _handler.Dispose();
        await Tasker.DisposeAsync();
        await _judge.DisposeAsync();
        await _cluster.DisposeAsync();
        Directory.Delete(_logs, recursive: true);
    }
}
