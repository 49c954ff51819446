using System.Globalization;
using System.Text;

namespace AgentGateway.Bench.Load;

/// <summary>The bytes of one connection's request; a write gets a new idempotency key each time, in place.</summary>
internal sealed class PreparedCall
{
    private const int KeyDigits = 16;

    private readonly byte[] _bytes;
    private readonly int _keyAt;
    private readonly string _prefix;
    private long _number;

    private PreparedCall(byte[] bytes, string prefix)
    {
        _bytes = bytes;
        _prefix = prefix;
        _keyAt = prefix.Length == 0 ? -1 : bytes.AsSpan().IndexOf(Encoding.ASCII.GetBytes(prefix)) + prefix.Length;
    }

    /// <param name="port">Where the request goes.</param>
    /// <param name="token">The bearer token; the base proxy gets one as well, so that all targets parse the same bytes.</param>
    /// <param name="method">The MCP method.</param>
    /// <param name="parameters">The MCP parameters as JSON.</param>
    /// <param name="keyPrefix">What stands before the digits that change with each call; empty for reads.</param>
    public static PreparedCall Mcp(int port, string token, string method, string parameters, string keyPrefix = "")
    {
        var body = $$"""{"jsonrpc":"2.0","id":7,"method":"{{method}}","params":{{parameters}}}""";
        var head = $"""
            POST /mcp HTTP/1.1
            Host: 127.0.0.1:{port}
            Authorization: Bearer {token}
            Content-Type: application/json
            Accept: application/json, text/event-stream
            MCP-Protocol-Version: 2025-06-18
            Content-Length: {Encoding.UTF8.GetByteCount(body)}


            """.ReplaceLineEndings("\r\n");
        return new PreparedCall(Encoding.UTF8.GetBytes(head + body), keyPrefix);
    }

    public static string KeyPlaces => new('0', KeyDigits);

    public ReadOnlyMemory<byte> Next()
    {
        if (_prefix.Length > 0)
        {
            _number++;
            _number.TryFormat(_bytes.AsSpan(_keyAt, KeyDigits), out _, "D16", CultureInfo.InvariantCulture);
        }

        return _bytes;
    }
}
