using AgentGateway.Security.Tests.Rig;
using Npgsql;

namespace AgentGateway.Security.Tests.Faults;

/// <summary>An agent with a card of its own.</summary>
internal sealed record Worker(LiveAgent Agent, string Card);

/// <summary>A gateway of several replicas, right or with one planted mistake: one that is left alone, and victims in reserve.</summary>
internal sealed class FaultWorld : IAsyncDisposable
{
    private readonly string _logs;
    private readonly Reserve _reserve;
    private int _intents;

    private FaultWorld(FaultBase shared, string? plant, GatewaySettings settings, Replica healthy, string logs)
    {
        Base = shared;
        Settings = settings;
        Healthy = healthy;
        // Each look has a connection of its own: a pooled one does not outlive the restarts between two of them.
        Judge = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(settings.Database) { Pooling = false });
        Callers = new Callers(new AgentDoor(shared.Client), new OwnersDoor(shared.Client, settings.InternalToken));
        _logs = logs;
        _reserve = Reserve.Start(
            number => Victim.Start(settings, Path.Combine(logs, $"victim-{number}.log"), plant), shared.Client);
    }

    public FaultBase Base { get; }

    public GatewaySettings Settings { get; }

    /// <summary>Nothing is done to this one but what is done to Postgres itself.</summary>
    public Replica Healthy { get; }

    /// <summary>The gateway's database, not through any replica.</summary>
    public NpgsqlDataSource Judge { get; }

    public Callers Callers { get; }

    public IReadOnlyList<Worker> Workers { get; private set; } = [];

    public List<Intent> Intents { get; } = [];

    /// <summary>Of every replica that ever ran here.</summary>
    public IEnumerable<string> Logs => Directory.EnumerateFiles(_logs).Select(File.ReadAllText);

    public static async Task<FaultWorld> StartAsync(FaultBase shared, int workers, string? plant = null, string? logs = null)
    {
        var folder = Directory.CreateDirectory(Path.Combine(shared.Logs, logs ?? plant ?? "none")).FullName;
        var database = new NpgsqlConnectionStringBuilder(await shared.Gateways.CreateDatabaseAsync())
        {
            MaxPoolSize = 20,
            IncludeErrorDetail = false,
        };
        var settings = new GatewaySettings
        {
            Database = database.ConnectionString,
            Tasker = shared.Tasker.Address,
            TaskerToken = shared.TaskerToken,
            AssertionKey = shared.AssertionKey,
        };
        await Replica.MigrateAsync(settings, Path.Combine(folder, "migrate.log"));
        var healthy = Replica.Start(settings, Path.Combine(folder, "healthy.log"), plant);
        var world = new FaultWorld(shared, plant, settings, healthy, folder);
        await world.Healthy.WaitUntilReadyAsync(shared.Client);
        await world.HireAsync(workers);
        return world;
    }

    /// <summary>A replica that has just started and remembers nothing, as one does that came back after a crash.</summary>
    public async Task<Victim> NextVictimAsync() => await _reserve.NextAsync();

    public Intent NewIntent(string fault, Operation operation, Worker worker, bool mustSettle = false)
    {
        var intent = new Intent(Interlocked.Increment(ref _intents), fault, operation, worker.Agent, worker.Card)
        {
            MustSettle = mustSettle,
        };
        lock (Intents)
        {
            Intents.Add(intent);
        }

        return intent;
    }

    /// <summary>Replicas whose process runs.</summary>
    public int CountReplicas() => 1 + _reserve.CountRunning();

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = await Judge.OpenConnectionAsync();
        foreach (var text in (string[])["SET default_transaction_read_only = off", sql])
        {
            await using var command = new NpgsqlCommand(text, connection);
            await command.ExecuteNonQueryAsync();
        }
    }

    /// <summary>Until nothing of this agent is on its way, as far as the gateway's own rows say.</summary>
    public async Task SettledAsync(string agent)
    {
        while (await LongestLeaseAsync(agent) > TimeSpan.Zero)
        {
            await Task.Delay(50);
        }
    }

    /// <summary>Gives the reconciler the time it may take; what is left then is for the checker.</summary>
    public async Task ReconciledAsync()
    {
        for (var seconds = 0; seconds < 60 && await UnknownAsync() > 0; seconds++)
        {
            await Task.Delay(1000);
        }
    }

    /// <summary>How long a key may still be held by a call that is on its way, or by a replica that is gone.</summary>
    public async Task<TimeSpan> LongestLeaseAsync(string agent = "%")
    {
        await using var ask = Judge.CreateCommand(
            """
            SELECT coalesce(max(lease_until) - clock_timestamp(), '0') FROM idempotency
            WHERE state = 'dispatching' AND agent_id LIKE $1
            """);
        ask.Parameters.Add(new NpgsqlParameter<string> { TypedValue = agent });
        return (TimeSpan)(await ask.ExecuteScalarAsync())!;
    }

    private async Task<long> UnknownAsync()
    {
        await using var ask = Judge.CreateCommand("SELECT count(*) FROM idempotency WHERE state IN ('dispatching', 'in_doubt')");
        return (long)(await ask.ExecuteScalarAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _reserve.DisposeAsync();
        await Healthy.DisposeAsync();
        await Judge.DisposeAsync();
    }

    private async Task HireAsync(int count)
    {
        var owners = new OwnersDoor(Base.Client, Settings.InternalToken);
        var agents = new AgentDoor(Base.Client);
        var workers = new List<Worker>();
        for (var number = 0; number < count; number++)
        {
            var agent = await owners.CreateAgentAsync(
                Healthy, Base.Tasker.Owner, $"worker-{number}", ReferenceTasker.Workspace, "maintainer");
            var card = await agents.CallAsync(
                Healthy, agent.Token, "create_card",
                $$"""{"project":"NDC","title":"Card of {{agent.Id}}","content":"text","idempotency_key":"hire-{{number:D6}}"}""");
            Assert.True(card.Succeeded, card.Body);
            workers.Add(new Worker(agent, (string)card.Structured!["card"]!));
        }

        Workers = workers;
    }
}
