using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace AgentGateway.Gateway.Tests.Ledger.Flushes;

/// <summary>A network between a program and its database that may lose the database's answers, and break.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly NpgsqlConnectionStringBuilder _server;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private volatile bool _swallow;

    private Relay(NpgsqlConnectionStringBuilder server)
    {
        _server = server;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string ConnectionString => new NpgsqlConnectionStringBuilder(_server.ConnectionString)
    {
        Host = "127.0.0.1",
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
    }.ConnectionString;

    public static Relay Before(NpgsqlConnectionStringBuilder server) => new(server);

    public void SwallowAnswers() => _swallow = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AcceptAsync()
    {
        using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
        using var server = await ConnectAsync();
        await using var asking = client.GetStream();
        await using var answering = new NetworkStream(server, ownsSocket: false);
        await Task.WhenAny(CopyAsync(asking, answering, lossy: false), CopyAsync(answering, asking, lossy: true));
    }

    private async Task<Socket> ConnectAsync()
    {
        // A host that is a folder is a Unix socket.
        EndPoint end = _server.Host!.StartsWith('/')
            ? new UnixDomainSocketEndPoint($"{_server.Host}/.s.PGSQL.{_server.Port}")
            : new IPEndPoint(IPAddress.Loopback, _server.Port);
        var socket = new Socket(end.AddressFamily, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(end, _stop.Token);
        return socket;
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool lossy)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, _stop.Token) is var count and > 0)
        {
            if (!lossy || !_swallow)
            {
                await to.WriteAsync(buffer.AsMemory(0, count), _stop.Token);
            }
        }
    }
}
