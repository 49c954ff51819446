using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>Tells sources apart: by address, for IPv6 by the /64 that one customer gets, and behind a trusted proxy by its word.</summary>
internal sealed class Sources(IReadOnlyList<IPNetwork> proxies)
{
    public bool IsTrusted(IPAddress? peer) => Plain(peer) is { } plain && proxies.Any(network => network.Contains(plain));

    /// <summary>Who asks; null when a trusted proxy names nobody we can read.</summary>
    public IPAddress? CallerOf(HttpContext http)
    {
        var peer = Plain(http.Connection.RemoteIpAddress);
        var entries = http.Request.Headers["X-Forwarded-For"];
        if (entries.Count == 0 || !IsTrusted(peer))
        {
            return peer;
        }

        // One hop: only the last entry is the proxy's own word, all before it is the caller's.
        return IPAddress.TryParse(entries[^1]!.Split(',')[^1].Trim(), out var caller) ? Plain(caller) : null;
    }

    /// <summary>The same for all addresses that one source can easily have.</summary>
    public static UInt128 KeyOf(IPAddress? address)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        if (Plain(address) is not { } plain || !plain.TryWriteBytes(bytes, out _))
        {
            return UInt128.Zero;
        }

        var key = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        // The lowest bit keeps the two kinds apart.
        return plain.AddressFamily is AddressFamily.InterNetworkV6 ? (key >> 64 << 64) | 1 : key;
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
