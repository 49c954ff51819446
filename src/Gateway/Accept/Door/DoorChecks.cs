using System.Globalization;
using AgentGateway.Policy;
using Microsoft.Net.Http.Headers;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>The single questions of the front door; each answers with a refusal or with nothing.</summary>
internal sealed class DoorChecks(FrontDoorOptions options)
{
    // Kestrel moves Content-Length here when the request also had Transfer-Encoding.
    private const string SmugglingMarker = "X-Content-Length";

    private readonly IReadOnlySet<string> _hosts = options.AllowedHosts();
    private readonly IReadOnlyList<string> _origins = options.AllowedOrigins();
    private readonly Sources _sources = new(options.Proxies());

    /// <summary>Where a message begins and ends must be beyond doubt for every reader on its way.</summary>
    public static RpcFault? Framing(HttpRequest request)
    {
        var headers = request.Headers;
        if (request.Protocol != "HTTP/1.1")
        {
            return Bad("Only HTTP/1.1 is spoken here.");
        }

        if (headers.TransferEncoding is { Count: > 0 } encoding && (encoding.Count > 1 || encoding[0] != "chunked"))
        {
            return Bad("The only transfer coding is chunked.");
        }

        if (headers.ContainsKey(SmugglingMarker) || (headers.ContentLength is not null && headers.TransferEncoding.Count > 0))
        {
            return Bad("A message has either a length or a transfer coding.");
        }

        if (headers.ContainsKey(HeaderNames.Upgrade) || headers.ContainsKey(HeaderNames.Expect))
        {
            return Bad("Upgrade and Expect are not supported.");
        }

        // Some proxies turn X_Y into X-Y: such a name could pass them as one header and arrive as another.
        foreach (var (name, _) in headers)
        {
            if (name.Contains('_'))
            {
                return Bad("A header name has an underscore.");
            }
        }

        return null;
    }

    /// <summary>Takes the caller's address from a trusted proxy, and from nobody else.</summary>
    public RpcFault? Forwarding(HttpContext http)
    {
        if (!IsForwarded(http.Request.Headers))
        {
            return null;
        }

        if (!_sources.IsTrusted(http.Connection.RemoteIpAddress))
        {
            return Bad("Forwarding headers are taken from configured proxies only.");
        }

        var caller = _sources.CallerOf(http);
        http.Connection.RemoteIpAddress = caller;
        return caller is null ? Bad("X-Forwarded-For does not end with an address.") : null;
    }

    private static bool IsForwarded(IHeaderDictionary headers)
    {
        foreach (var (name, _) in headers)
        {
            if (name.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
                || name.Equals("Forwarded", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A page that a browser was tricked into opening under another name must not reach a local gateway.</summary>
    public RpcFault? Host(HttpRequest request)
    {
        var hosts = request.Headers.Host;
        return hosts.Count == 1 && IsHost(hosts[0]!)
            ? null
            : Refuse(421, "This gateway does not answer under this host name.");
    }

    public RpcFault? Origin(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        return origins.Count == 0 || (origins.Count == 1 && _origins.Any(allowed => IsOrigin(allowed, origins[0]!)))
            ? null
            : Refuse(403, "This web origin may not call the gateway.");
    }

    public static RpcFault? Body(HttpRequest request, FrontDoorRow row)
    {
        var headers = request.Headers;
        var sent = headers.ContentLength is > 0 || headers.TransferEncoding.Count > 0;
        if (row.BodyLimit == 0 || request.Method == HttpMethods.Get)
        {
            return sent ? Bad("This route takes no body.") : null;
        }

        if (!sent && row.BodyOptional)
        {
            return null;
        }

        if (headers.ContentEncoding.Count > 0)
        {
            return Refuse(415, "Compressed bodies are not accepted.");
        }

        return headers.ContentType.Count == 1 && IsJson(headers.ContentType[0]!)
            ? null
            : Refuse(415, "The body must be application/json in UTF-8.");
    }

    public static RpcFault Refuse(int status, string detail) => RpcFault.Own(status, detail, Reasons.RequestRefused);

    private static RpcFault Bad(string detail) => Refuse(400, detail);

    private bool IsHost(string host)
    {
        // The colon that begins the port is the one behind a closing bracket, or the only one.
        var colon = host.IndexOf(':', host.LastIndexOf(']') + 1);
        return colon < 0 ? _hosts.Contains(host) : _hosts.Contains(host[..colon]) && IsPort(host.AsSpan(colon + 1));
    }

    private static bool IsOrigin(string allowed, string origin)
    {
        if (!allowed.EndsWith(":*", StringComparison.Ordinal))
        {
            return string.Equals(allowed, origin, StringComparison.OrdinalIgnoreCase);
        }

        var prefix = allowed.AsSpan(0, allowed.Length - 2);
        return origin.AsSpan().StartsWith(prefix, StringComparison.OrdinalIgnoreCase)
            && (origin.Length == prefix.Length || (origin[prefix.Length] == ':' && IsPort(origin.AsSpan(prefix.Length + 1))));
    }

    private static bool IsPort(ReadOnlySpan<char> port) =>
        ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static bool IsJson(string contentType)
    {
        if (contentType.Equals("application/json", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var parts = contentType.Split(';', 2, StringSplitOptions.TrimEntries);
        return parts[0].Equals("application/json", StringComparison.OrdinalIgnoreCase)
            && (parts.Length == 1
                || parts[1].Equals("charset=utf-8", StringComparison.OrdinalIgnoreCase)
                || parts[1].Equals("charset=\"utf-8\"", StringComparison.OrdinalIgnoreCase));
    }
}
