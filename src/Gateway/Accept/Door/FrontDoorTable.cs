using System.Collections.Frozen;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Observe;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Gateway.Rest;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Setup.Pairing;

namespace AgentGateway.Gateway.Accept.Door;

/// <summary>Who a listening address is for; one address may serve both in a small installation.</summary>
[Flags]
internal enum Listener
{
    None = 0,
    Agent = 1,
    Internal = 2,
    Both = Agent | Internal,
}

/// <summary>One thing that can be asked for, to the byte: nothing that no row names is reachable.</summary>
/// <param name="Path">The exact raw target; a segment in braces stands for one plain segment.</param>
internal sealed record FrontDoorRow(Listener Listener, string Path, params string[] Methods)
{
    /// <summary>The largest body in bytes; 0: a body is refused.</summary>
    public int BodyLimit { get; init; }

    /// <summary>Whether a body may be left out; one that is sent is always <c>application/json</c>.</summary>
    public bool BodyOptional { get; init; }

    /// <summary>Whether a plain query may follow the path.</summary>
    public bool Query { get; init; }

    /// <summary>Whether an agent's route is open to anybody; every other needs the agent's token.</summary>
    public bool Open { get; init; }

    /// <summary>Probes come by address and name no host we know.</summary>
    public bool AnyHost { get; init; }

    /// <summary>Whether it is nowhere where agents are, not even on a listener that serves both.</summary>
    public bool Apart { get; init; }

    public bool IsOn(Listener listener) => (Listener & listener) != 0 && !(Apart && (listener & Listener.Agent) != 0);
}

/// <summary>The closed list of everything the gateway answers; the same for every request, compiled once.</summary>
internal sealed partial class FrontDoorTable(params FrontDoorRow[] rows)
{
    public static readonly FrontDoorRow[] Standard =
    [
        new(Listener.Agent, Protocol.Endpoint, "POST") { BodyLimit = Protocol.BodyLimit },
        new(Listener.Agent, RestRoutes.Tools, "GET"),
        new(Listener.Agent, RestRoutes.Call, "POST") { BodyLimit = Protocol.BodyLimit, BodyOptional = true },
        new(Listener.Agent, RestRoutes.Session, "GET"),
        new(Listener.Agent, RestRoutes.OpenApi, "GET") { Open = true },
        new(Listener.Agent, PairingDoor.Start, "POST") { BodyLimit = PairingDoor.BodyLimit, Open = true },
        new(Listener.Agent, PairingDoor.Token, "POST") { BodyLimit = PairingDoor.BodyLimit, Open = true },
        new(Listener.Agent, SetupRoutes.Session, "GET"),
        new(Listener.Both, "/healthz", "GET") { AnyHost = true },
        new(Listener.Both, "/readyz", "GET") { AnyHost = true },
        new(Listener.Internal, Exports.Metrics, "GET") { AnyHost = true, Apart = true },
        Backend("/owners/{owner}/agents", "GET", "POST"),
        Backend("/owners/{owner}/agents/{agent}", "GET", "PATCH"),
        Backend("/owners/{owner}/agents/{agent}/revoke", "POST") with { BodyOptional = true },
        Backend("/owners/{owner}/agents/{agent}/suspend", "POST") with { BodyOptional = true },
        Backend("/owners/{owner}/agents/{agent}/resume", "POST") with { BodyOptional = true },
        Backend("/owners/{owner}/agents/{agent}/setup-packet", "POST") with { BodyOptional = true },
        Backend("/owners/{owner}/agents/{agent}/grants/{project}", "GET", "PUT"),
        Backend("/owners/{owner}/agents/{agent}/grants/{project}/revoke", "POST") with { BodyOptional = true },
        Backend("/owners/{owner}/agents/{agent}/tokens", "GET", "POST"),
        Backend("/owners/{owner}/agents/{agent}/tokens/{token}/revoke", "POST") with { BodyOptional = true },
        Backend("/owners/{owner}/agents/{agent}/tokens/{token}/rotate", "POST") with { BodyOptional = true },
        Backend("/owners/{owner}/agents/{agent}/activity", "GET") with { BodyLimit = 0, Query = true },
        Backend("/owners/{owner}/agents/{agent}/access-review", "GET") with { BodyLimit = 0 },
        Backend("/owners/{owner}/pairings/{code}", "GET") with { BodyLimit = 0 },
        Backend("/owners/{owner}/pairings/{code}/approve", "POST"),
        Backend("/owners/{owner}/pairings/{code}/deny", "POST") with { BodyOptional = true },
        Backend("/entitlements/{client}/{user}/codex_agents", "GET", "PUT"),
        Backend("/entitlements:batch", "POST"),
        Backend("/reporting/agents", "GET") with { BodyLimit = 0, Query = true },
        Backend("/reporting/sessions", "GET") with { BodyLimit = 0, Query = true },
        Backend("/reporting/stream", "GET") with { BodyLimit = 0, Query = true },
        Backend("/openapi.json", "GET") with { BodyLimit = 0 },
    ];

    private static FrontDoorRow Backend(string path, params string[] methods) =>
        new(Listener.Internal, InternalGate.Prefix + path, methods) { BodyLimit = OwnerRequest.BodyLimit };

    private readonly FrozenDictionary<string, FrontDoorRow> _exact = rows.Where(row => !row.Path.Contains('{'))
        .ToFrozenDictionary(row => row.Path, StringComparer.Ordinal);

    private readonly (string[] Segments, FrontDoorRow Row)[] _templates =
        [.. rows.Where(row => row.Path.Contains('{')).Select(row => (row.Path.Split('/'), row))];

    public IReadOnlyList<FrontDoorRow> Rows { get; } = rows;

    /// <summary>The row of a raw target as it stood in the request line, undecoded.</summary>
    public FrontDoorRow? Find(Listener listener, string rawTarget)
    {
        if (_exact.TryGetValue(rawTarget, out var row))
        {
            return row.IsOn(listener) ? row : null;
        }

        var split = rawTarget.IndexOf('?', StringComparison.Ordinal);
        var path = split < 0 ? rawTarget : rawTarget[..split];
        row = _exact.GetValueOrDefault(path) ?? Template(path);
        if (row is null || !row.IsOn(listener))
        {
            return null;
        }

        return split < 0 || (row.Query && PlainQuery().IsMatch(rawTarget[split..])) ? row : null;
    }

    private FrontDoorRow? Template(string path)
    {
        var segments = path.Split('/');
        foreach (var (template, row) in _templates)
        {
            if (template.Length == segments.Length && template.Zip(segments).All(pair => Matches(pair.First, pair.Second)))
            {
                return row;
            }
        }

        return null;
    }

    private static bool Matches(string template, string segment) =>
        template.StartsWith('{') ? segment is not ("." or "..") && PlainSegment().IsMatch(segment) : template == segment;

    // Unreserved characters only: no escape, so no two readers can decode a segment differently.
    [GeneratedRegex(@"\A[A-Za-z0-9._~-]{1,128}\z")]
    private static partial Regex PlainSegment();

    [GeneratedRegex(@"\A\?(?:[A-Za-z0-9._~=&,:+-]|%[2-9A-Fa-f][0-9A-Fa-f]){0,1024}\z")]
    private static partial Regex PlainQuery();
}
