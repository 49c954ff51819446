using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>One answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonElement.Parse(Body);

    /// <summary>The raw text of the JSON-RPC id.</summary>
    public string Id => Json.GetProperty("id").GetRawText();

    public int Code => Json.GetProperty("error").GetProperty("code").GetInt32();
}

/// <summary>A socket that sends exactly the bytes it is given.</summary>
internal sealed class RawConnection : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly CancellationTokenSource _time = new(Patience);
    private readonly NetworkStream _stream;

    private RawConnection(Socket connected) => _stream = new NetworkStream(connected, ownsSocket: true);

    public static async Task<RawConnection> OpenAsync(IPEndPoint server)
    {
        var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server).WaitAsync(Patience);
        return new RawConnection(socket);
    }

    /// <summary>The server may hang up while we still send: what it answered is read all the same.</summary>
    public async Task SendAsync(byte[] bytes)
    {
        try
        {
            await _stream.WriteAsync(bytes, _time.Token);
        }
        catch (IOException)
        {
        }
    }

    /// <summary>All the server answers until it closes the connection; after a HEAD the first answer has no body.</summary>
    public async Task<IReadOnlyList<RawAnswer>> ReadToEndAsync(bool head)
    {
        using var received = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(received, _time.Token);
        }
        catch (IOException)
        {
        }

        return Parse(received.ToArray(), head);
    }

    public void Dispose()
    {
        _stream.Dispose();
        _time.Dispose();
    }

    private static List<RawAnswer> Parse(byte[] bytes, bool head)
    {
        var answers = new List<RawAnswer>();
        var rest = bytes.AsSpan();
        while (rest.Length > 0)
        {
            var end = rest.IndexOf("\r\n\r\n"u8);
            if (end < 0)
            {
                answers.Add(new RawAnswer(0, new Dictionary<string, string>(), rest.ToArray()));
                break;
            }

            var lines = Encoding.Latin1.GetString(rest[..end]).Split("\r\n");
            var headers = lines.Skip(1).Select(line => line.Split(':', 2))
                .ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
            var length = int.Parse(headers.GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
            var status = int.Parse(lines[0].Split(' ')[1], CultureInfo.InvariantCulture);
            rest = rest[(end + 4)..];
            length = status == 100 || (head && answers.Count == 0) ? 0 : length;
            if (status != 100)
            {
                answers.Add(new RawAnswer(status, headers, rest[..length].ToArray()));
            }

            rest = rest[length..];
        }

        return answers;
    }
}
