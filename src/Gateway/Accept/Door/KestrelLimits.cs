using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Net.Http.Headers;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>Which listener a connection came in by; a connection without one reaches nothing.</summary>
internal sealed record ListenerTag(Listener Listener);

/// <summary>Bounds what a connection may cost before any code of ours sees it.</summary>
internal static class KestrelLimits
{
    private const int SpareConnections = 200;
    private const string Switches = "Microsoft.AspNetCore.Server.Kestrel.";
    private const string BareLineFeeds = Switches + "DisableHttp1LineFeedTerminators";

    private static readonly string[] Forbidden =
        [Switches + "EnableInsecureChunkedRequestParsing", Switches + "AllowKeepAliveAfterCLTE"];

    private static readonly Encoding LengthDigits = new DigitsEncoding();

    /// <summary>Call before the host is built: Kestrel reads the switches once.</summary>
    public static void SetSwitches()
    {
        AppContext.SetSwitch(BareLineFeeds, true);
        foreach (var name in Forbidden)
        {
            if (AppContext.TryGetSwitch(name, out var on) && on)
            {
                throw new InvalidOperationException($"{name} weakens request parsing and must not be set.");
            }
        }
    }

    /// <param name="options">Kestrel's.</param>
    /// <param name="connections">On the agents' listeners; probes and backends always find room above.</param>
    public static void Apply(KestrelServerOptions options, int connections = 2_000)
    {
        options.AddServerHeader = false;
        options.RequestHeaderEncodingSelector = name => name == HeaderNames.ContentLength ? LengthDigits : null;
        options.ConfigureEndpointDefaults(listen => listen.Protocols = HttpProtocols.Http1);
        var limits = options.Limits;
        limits.MaxRequestLineSize = 2 * 1024;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(60);
        limits.MaxConcurrentConnections = connections + SpareConnections;
        limits.MaxConcurrentUpgradedConnections = 0;
        limits.MaxRequestBodySize = 1024 * 1024;
    }

    /// <summary>Says who the listening address is for, and how many connections it takes when agents use it.</summary>
    public static void Serve(this ListenOptions listen, Listener listener, ConnectionLimit? limit = null)
    {
        if (limit is not null && listener.HasFlag(Listener.Agent))
        {
            listen.Use(limit.Guard);
        }

        var tag = new ListenerTag(listener);
        listen.Use(next => connection =>
        {
            connection.Features.Set(tag);
            return next(connection);
        });
    }

    /// <summary>Kestrel would take "+5" for a length; another reader on the way may not.</summary>
    private sealed class DigitsEncoding : ASCIIEncoding
    {
        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            // Kestrel offers room for the longest length; a longer one fills it and is refused.
            var count = Math.Min(bytes.Length, chars.Length);
            for (var i = 0; i < count; i++)
            {
                chars[i] = bytes[i] is >= (byte)'0' and <= (byte)'9' ? (char)bytes[i] : 'x';
            }

            return count;
        }
    }
}
