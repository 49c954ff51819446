using System.Net;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>Under which names the gateway may be addressed, and whose word about a caller's address counts.</summary>
internal sealed class FrontDoorOptions
{
    public const string Section = "FrontDoor";

    private static readonly string[] LoopbackHosts = ["localhost", "127.0.0.1", "[::1]"];

    private static readonly string[] LoopbackOrigins = ["http://localhost:*", "http://127.0.0.1:*", "http://[::1]:*"];

    /// <summary>Host names without port; any port is accepted. Empty: the loopback names.</summary>
    public string[] Hosts { get; init; } = [];

    /// <summary>Web origins as browsers send them; <c>:*</c> stands for any port or none. Empty: the loopback origins.</summary>
    public string[] Origins { get; init; } = [];

    /// <summary>Networks (CIDR) of the proxies that may speak for a caller. Empty: none.</summary>
    public string[] TrustedProxies { get; init; } = [];

    public IReadOnlySet<string> AllowedHosts() =>
        (Hosts.Length == 0 ? LoopbackHosts : Hosts).ToHashSet(StringComparer.OrdinalIgnoreCase);

    public IReadOnlyList<string> AllowedOrigins() => Origins.Length == 0 ? LoopbackOrigins : Origins;

    public IReadOnlyList<IPNetwork> Proxies() => [.. TrustedProxies.Select(IPNetwork.Parse)];
}
