using System.Text.Json.Nodes;
using AgentGateway.Support;
using Npgsql;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>An agent of the running system and its token.</summary>
public sealed record RunningAgent(string Id, string Token);

/// <summary>Tasker and Gateway as real processes over a private Postgres, started once for all suites.</summary>
public sealed class RunningSystem : IAsyncLifetime
{
    private readonly List<ServerProcess> _servers = [];
    private NpgsqlDataSource? _taskerData;
    private NpgsqlDataSource? _gatewayData;
    private Settings? _settings;
    private Uri? _agents;
    private Uri? _inside;
    private JsonNode? _owner;

    /// <summary>Where agents send their MCP messages.</summary>
    public Uri Mcp => new(Agents, "/mcp");

    public Uri Agents => _agents ?? throw NotStarted();

    /// <summary>Where backends ask, with <see cref="InternalToken"/>.</summary>
    public Uri Backends => _inside ?? throw NotStarted();

    public string InternalToken => Settings.InternalToken;

    public string OwnerId => Owner("id");

    public NpgsqlDataSource TaskerData => _taskerData ?? throw NotStarted();

    public NpgsqlDataSource GatewayData => _gatewayData ?? throw NotStarted();

    private Settings Settings => _settings ?? throw NotStarted();

    public async Task InitializeAsync()
    {
        var cluster = await PostgresCluster.SharedAsync();
        _settings = new Settings
        {
            TaskerDatabase = await cluster.CreateDatabaseAsync(),
            GatewayDatabase = await cluster.CreateDatabaseAsync(),
            TaskerUrl = Loopback.FreeAddress(),
        };
        _taskerData = NpgsqlDataSource.Create(_settings.TaskerDatabase);
        _gatewayData = NpgsqlDataSource.Create(_settings.GatewayDatabase);
        _agents = Loopback.FreeAddress();

        await ServerProcess.RunAsync(Programs.Tasker, _settings.Tasker(), "migrate");
        var seeded = JsonNode.Parse(await ServerProcess.RunAsync(Programs.Tasker, _settings.Tasker(), "seed", "--json"));
        _owner = seeded?["owner"] ?? throw new InvalidOperationException("tasker seed names no owner.");
        var tasker = Keep(ServerProcess.Start(Programs.Tasker, _settings.Tasker()));
        await tasker.WaitUntilReadyAsync(new Uri(_settings.TaskerUrl, "/readyz"));

        var inside = _inside = Loopback.FreeAddress();
        await ServerProcess.RunAsync(Programs.Gateway, _settings.Gateway(_agents, inside), "migrate");
        var gateway = Keep(ServerProcess.Start(Programs.Gateway, _settings.Gateway(_agents, inside)));
        await gateway.WaitUntilReadyAsync(new Uri(inside, "/readyz"));
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers.AsEnumerable().Reverse())
        {
            await server.DisposeAsync();
        }

        await (_taskerData?.DisposeAsync() ?? default);
        await (_gatewayData?.DisposeAsync() ?? default);
    }

    /// <summary>A new agent of the seeded owner; grants are written <c>KEY=bundle</c>.</summary>
    public async Task<RunningAgent> CreateAgentAsync(string name, params string[] grants)
    {
        string[] command =
        [
            "agent", "create", "--name", name, "--owner", Owner("id"), "--owner-name", Owner("name"),
            "--workspace", Seed.Workspace, .. grants.SelectMany(grant => (string[])["--grant", grant]), "--json",
        ];
        var printed = JsonNode.Parse(await ServerProcess.RunAsync(Programs.Gateway, Settings.Gateway(Agents, Agents), command))!;
        return new RunningAgent((string)printed["agent"]!["id"]!, (string)printed["token"]!);
    }

    /// <summary>Runs a test; when it fails, the servers' logs stand in its output.</summary>
    public async Task ExplainAsync(ITestOutputHelper output, Func<Task> test)
    {
        try
        {
            await test();
        }
        catch (Exception failure) when (failure is not SkipException)
        {
            output.WriteLine(string.Join('\n', _servers.Select(server => server.Log)));
            throw;
        }
    }

    /// <summary>Starts one more gateway over the same database.</summary>
    internal ServerProcess StartReplica(Uri agents, Uri inside) =>
        ServerProcess.Start(Programs.Gateway, Settings.Gateway(agents, inside));

    private string Owner(string member) => (string?)_owner?[member] ?? throw NotStarted();

    private static InvalidOperationException NotStarted() => new("The system has not been started.");

    private ServerProcess Keep(ServerProcess server)
    {
        _servers.Add(server);
        return server;
    }
}
