using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using AgentGateway.Support;
using Npgsql;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>
/// What an operator runs: three gateways behind nginx, Tasker and the Launcher, over a private Postgres, with every secret in a file.
/// </summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const int Replicas = 3;

    private readonly FleetSettings _settings;
    private readonly ServerProcess[] _gateways = new ServerProcess[Replicas];
    private readonly List<ServerProcess> _others = [];

    private Fleet(FleetSettings settings, Ingress ingress)
    {
        _settings = settings;
        Ingress = ingress;
        Data = NpgsqlDataSource.Create(settings.GatewayDatabase);
    }

    public Ingress Ingress { get; }

    public NpgsqlDataSource Data { get; }

    /// <summary>The seeded person to whom agents belong, in Tasker as in the Launcher.</summary>
    public string Owner { get; private set; } = "";

    public Uri Tasker => _settings.Tasker;

    public Uri Launcher => _settings.Launcher;

    public IEnumerable<Uri> Insides => _settings.Replicas.Select(replica => replica.Inside);

    public string Log => string.Join('\n', _others.Concat(_gateways.OfType<ServerProcess>()).Select(server => server.Log)) + Ingress.Log;

    public static async Task<Fleet> StartAsync(string nginx, string folder, FleetSettings settings)
    {
        var fleet = new Fleet(settings, await Ingress.StartAsync(nginx, folder, settings));
        await ServerProcess.RunAsync(Programs.Tasker, settings.AsTasker(), "migrate");
        var seeded = JsonNode.Parse(await ServerProcess.RunAsync(Programs.Tasker, settings.AsTasker(), "seed", "--json"));
        fleet.Owner = (string)seeded!["owner"]!["id"]!;
        await ServerProcess.RunAsync(Programs.Launcher, settings.AsLauncher(fleet.Ingress), "migrate");
        await ServerProcess.RunAsync(Programs.Launcher, settings.AsLauncher(fleet.Ingress), "seed");
        await ServerProcess.RunAsync(Programs.Gateway, settings.AsGateway(0), "migrate");
        fleet._others.Add(ServerProcess.Start(Programs.Tasker, settings.AsTasker()));
        await fleet._others[0].WaitUntilReadyAsync(new Uri(settings.Tasker, "/readyz"));
        await Task.WhenAll(Enumerable.Range(0, Replicas).Select(fleet.StartGatewayAsync));
        fleet._others.Add(ServerProcess.Start(Programs.Launcher, settings.AsLauncher(fleet.Ingress)));
        await fleet._others[1].WaitUntilReadyAsync(new Uri(settings.Launcher, "/readyz"));
        return fleet;
    }

    /// <summary>One replica after the other: out of nginx, asked to end, started with the files as they are now, back into nginx.</summary>
    public async Task RestartOneByOneAsync()
    {
        for (var replica = 0; replica < Replicas; replica++)
        {
            await Ingress.TakeOutAsync(replica);
            await _gateways[replica].DisposeAsync();
            await StartGatewayAsync(replica);
            await Ingress.PutBackAsync();
        }
    }

    /// <summary>Until every replica has said that it read the setting anew and how many values are valid.</summary>
    public Task ReadAnewAsync(string setting, int values) => Eventually.TrueAsync(() => Task.FromResult(_gateways.All(
        gateway => gateway.Log.Split('\n').Any(line => line.Contains($"\"Setting\":\"{setting}\"", StringComparison.Ordinal)
            && line.Contains($"\"Count\":{values}", StringComparison.Ordinal)))));

    public async ValueTask DisposeAsync()
    {
        await Ingress.DisposeAsync();
        foreach (var server in _gateways.OfType<ServerProcess>().Concat(_others))
        {
            await server.DisposeAsync();
        }

        await Data.DisposeAsync();
    }

    private Task StartGatewayAsync(int replica)
    {
        _gateways[replica] = ServerProcess.Start(Programs.Gateway, _settings.AsGateway(replica));
        return _gateways[replica].WaitUntilReadyAsync(new Uri(_settings.Replicas[replica].Inside, "/readyz"));
    }
}
