using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Bench.Load;

/// <summary>One HTTP/1.1 connection that sends prepared bytes and reads one answer; as cheap as a client can be.</summary>
internal sealed class LoadConnection : IDisposable
{
    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[256 * 1024];

    private LoadConnection(Socket socket) => _socket = socket;

    public static async Task<LoadConnection> OpenAsync(int port, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);
            return new LoadConnection(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <returns>The status and the body, valid until the next call.</returns>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> ExchangeAsync(
        ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        await _socket.SendAsync(request, cancel);
        var filled = 0;
        var head = 0;
        var length = 0;
        while (true)
        {
            var received = await _socket.ReceiveAsync(_buffer.AsMemory(filled), cancel);
            if (received == 0)
            {
                throw new LoadException(filled == 0 ? "The connection was closed without an answer." : "The answer is cut off.");
            }

            filled += received;
            if (head == 0)
            {
                head = HeadLength(_buffer.AsSpan(0, filled));
                length = head == 0 ? 0 : ContentLength(_buffer.AsSpan(0, head));
            }

            if (head != 0 && IsComplete(filled, head, length))
            {
                return (Status(), _buffer.AsMemory(head, filled - head));
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    // Requests are never pipelined, so an answer in chunks is over when its last chunk is the last thing received.
    private bool IsComplete(int filled, int head, int length) => length >= 0
        ? filled >= head + length
        : _buffer.AsSpan(head, filled - head).EndsWith("0\r\n\r\n"u8);

    private int Status() => Utf8Parser.TryParse(_buffer.AsSpan(9, 3), out int status, out _) ? status : 0;

    private static int HeadLength(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        return end < 0 ? 0 : end + 4;
    }

    /// <returns>-1 when the answer comes in chunks.</returns>
    private static int ContentLength(ReadOnlySpan<byte> head)
    {
        var name = "\r\nContent-Length: "u8;
        var place = head.IndexOf(name);
        return place >= 0 && Utf8Parser.TryParse(head[(place + name.Length)..], out int length, out _) ? length : -1;
    }
}
