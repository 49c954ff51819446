using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Security.Tests.Wire;

/// <summary>Stands between a gateway and one of its neighbours, shows every frame to a watch and does what that says.</summary>
internal sealed class WireProxy : IAsyncDisposable
{
    private static readonly Watch PassAll = _ => new ValueTask<Fate>(Fate.Pass);

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Func<Toward, Framing> _framing;
    private readonly int _server;
    private readonly ConcurrentDictionary<Link, Task> _links = new();
    private readonly Task _accepting;
    private volatile Watch _watch = PassAll;

    public WireProxy(Func<Toward, Framing> framing, int server)
    {
        _framing = framing;
        _server = server;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    public void Arm(Watch watch) => _watch = watch;

    public void Disarm() => _watch = PassAll;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
        foreach (var link in _links.Keys)
        {
            link.Cut();
        }

        await Task.WhenAll(_links.Values);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptSocketAsync();
                var link = new Link(client);
                _links[link] = RunAsync(link);
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener was closed.
        }
    }

    private async Task RunAsync(Link link)
    {
        // Not on the accepting loop, and not before the link is listed.
        await Task.Yield();
        try
        {
            await link.Server.ConnectAsync(IPAddress.Loopback, _server);
            var ways = new[] { PumpAsync(link, Toward.Server), PumpAsync(link, Toward.Client) };
            await Task.WhenAny(ways);
            // A side that was left on purpose does not end the other one's delivery.
            if (link.ClientLeft)
            {
                await ways[0];
                await Task.WhenAny(ways[1], Task.Delay(500));
            }

            link.Cut();
            await Task.WhenAll(ways);
        }
        catch (SocketException)
        {
            link.Cut();
        }
        finally
        {
            _links.TryRemove(link, out _);
        }
    }

    private async Task PumpAsync(Link link, Toward toward)
    {
        var framing = _framing(toward);
        var from = toward == Toward.Server ? link.Client : link.Server;
        var to = toward == Toward.Server ? link.Server : link.Client;
        var buffer = new byte[64 * 1024];
        var filled = 0;
        try
        {
            while (await from.ReceiveAsync(buffer.AsMemory(filled)) is var read and > 0)
            {
                filled += read;
                var used = 0;
                while (framing(buffer.AsSpan(used, filled - used)) is var (length, kind) && length > 0)
                {
                    if (!await ForwardAsync(link, new Frame(toward, kind, buffer[used..(used + length)]), to))
                    {
                        return;
                    }

                    used += length;
                }

                filled -= used;
                Buffer.BlockCopy(buffer, used, buffer, 0, filled);
                if (filled == buffer.Length)
                {
                    Array.Resize(ref buffer, 2 * buffer.Length);
                }
            }
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            // Either side is gone; so is the other one, at once.
        }
    }

    private async Task<bool> ForwardAsync(Link link, Frame frame, Socket to)
    {
        var fate = await _watch(frame);
        if (fate.LeavesClient)
        {
            link.LeaveClient();
        }

        if (fate.Delay > TimeSpan.Zero)
        {
            await Task.Delay(fate.Delay);
        }

        if (fate.Send)
        {
            await to.SendAsync(fate.Instead ?? frame.Bytes);
        }

        if (fate is { Send: true, Ends: true })
        {
            // What was sent last must still be read.
            to.LingerState = new LingerOption(enable: false, seconds: 0);
        }

        if (!fate.Ends)
        {
            return true;
        }

        link.Cut();
        return false;
    }

    /// <summary>The two sockets of one connection.</summary>
    private sealed class Link(Socket client)
    {
        public Socket Client { get; } = Quick(client);

        public Socket Server { get; } = Quick(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));

        public bool ClientLeft { get; private set; }

        public void LeaveClient()
        {
            ClientLeft = true;
            Client.Close();
        }

        public void Cut()
        {
            Client.Close();
            Server.Close();
        }

        // Closed at once, with a reset: as a crash or a broken line looks from the other side.
        private static Socket Quick(Socket socket)
        {
            socket.NoDelay = true;
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
            return socket;
        }
    }
}
