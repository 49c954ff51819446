using System.Globalization;
using AgentGateway.Bench.Load;

namespace AgentGateway.Bench.Rig;

/// <summary>What is measured beside the gateway: the upstream, and raw YARP in front of it in two versions of HTTP.</summary>
internal sealed class PlainServers : IAsyncDisposable
{
    private readonly int _basePort = Programs.FreePort();
    private readonly int _baseHttp2Port = Programs.FreePort();
    private readonly RunningProgram _upstream;
    private readonly RunningProgram _base;
    private readonly RunningProgram _baseHttp2;

    private PlainServers(Programs programs)
    {
        var cleartextHttp2Port = Programs.FreePort();
        _upstream = programs.StartOwn("upstream", "upstream", Text(UpstreamPort), Text(cleartextHttp2Port));
        _base = programs.StartOwn("base", "base-proxy", Text(_basePort), Text(UpstreamPort));
        _baseHttp2 = programs.StartOwn("base-h2c", "base-proxy", Text(_baseHttp2Port), Text(cleartextHttp2Port), "h2c");
    }

    public int UpstreamPort { get; } = Programs.FreePort();

    public IReadOnlyList<Target> Targets =>
    [
        Calls.Plain("direct", UpstreamPort, _upstream.Id),
        Calls.Plain("base", _basePort, _base.Id),
        Calls.Plain("base_h2c", _baseHttp2Port, _baseHttp2.Id),
    ];

    public static async Task<PlainServers> StartAsync(Programs programs, CancellationToken cancel)
    {
        var servers = new PlainServers(programs);
        try
        {
            (await Programs.ConnectAsync(servers._upstream, servers.UpstreamPort, cancel)).Dispose();
            (await Programs.ConnectAsync(servers._base, servers._basePort, cancel)).Dispose();
            (await Programs.ConnectAsync(servers._baseHttp2, servers._baseHttp2Port, cancel)).Dispose();
            return servers;
        }
        catch
        {
            await servers.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _baseHttp2.DisposeAsync();
        await _base.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
