using System.Globalization;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Servers;
using AgentGateway.Support;

namespace AgentGateway.Bench.Rig;

/// <summary>
/// What is measured beside the gateway: the upstream, raw YARP in front of it in two versions of HTTP, nginx, and a server
/// of the official SDK.
/// </summary>
internal sealed class PlainServers : IAsyncDisposable
{
    private readonly List<RunningProgram> _running = [];
    private readonly List<Target> _targets = [];
    private readonly Programs _programs;
    private readonly string _database;

    private PlainServers(Programs programs, string database) => (_programs, _database) = (programs, database);

    public int UpstreamPort { get; } = Loopback.FreePort();

    /// <summary>The same upstream over HTTP/2 by prior knowledge.</summary>
    public int CleartextHttp2Port { get; } = Loopback.FreePort();

    public IReadOnlyList<Target> Targets => _targets;

    public Target Base => _targets.Single(target => target.Name == "base");

    /// <param name="programs">Starts and ends them.</param>
    /// <param name="database">Where the SDK's server writes its rows.</param>
    /// <param name="cancel">Ends the waiting.</param>
    public static async Task<PlainServers> StartAsync(Programs programs, string database, CancellationToken cancel)
    {
        var servers = new PlainServers(programs, database);
        try
        {
            await servers.StartAsync(cancel);
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more server of the SDK, with an environment of its own.</summary>
    public RunningProgram StartSdk(int port, IReadOnlyDictionary<string, string> environment) => _programs.Start(
        "sdk", Environment.ProcessPath!, ["sdk-server", Text(port), Text(UpstreamPort)],
        new Dictionary<string, string>(environment) { [SdkServer.Database] = _database });

    public async ValueTask DisposeAsync()
    {
        foreach (var program in Enumerable.Reverse(_running))
        {
            await program.DisposeAsync();
        }
    }

    private async Task StartAsync(CancellationToken cancel)
    {
        await AddAsync("direct", UpstreamPort, port => Own("upstream", Text(port), Text(CleartextHttp2Port)), cancel);
        await AddAsync("base", Loopback.FreePort(), port => Own("base-proxy", Text(port), Text(UpstreamPort)), cancel);
        await AddAsync(
            "base_h2c", Loopback.FreePort(), port => Own("base-proxy", Text(port), Text(CleartextHttp2Port), "h2c"), cancel);
        if (Nginx.Program is { } nginx)
        {
            await AddAsync(
                "nginx", Loopback.FreePort(), port => Nginx.Start(_programs, nginx, port, UpstreamPort), cancel, hasWorkers: true);
        }

        await AddAsync("sdk", Loopback.FreePort(), port => StartSdk(port, new Dictionary<string, string>()), cancel);
    }

    private async Task AddAsync(
        string name, int port, Func<int, RunningProgram> start, CancellationToken cancel, bool hasWorkers = false)
    {
        var program = start(port);
        _running.Add(program);
        (await Programs.ConnectAsync(program, port, cancel)).Dispose();
        _targets.Add(Calls.Plain(name, port, program.Id) with { HasWorkers = hasWorkers });
    }

    private RunningProgram Own(params string[] arguments) => _programs.StartOwn(arguments[0], arguments);

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
