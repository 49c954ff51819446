using AgentGateway.Policy;
using AgentGateway.Transforms.Request;
using AgentGateway.Transforms.Response;
using Yarp.ReverseProxy.Configuration;

namespace AgentGateway.Gateway.Decide;

/// <summary>All of <c>config/</c>, loaded, checked and compiled; there is no partly valid manifest.</summary>
internal sealed record Manifest
{
    public required string Contract { get; init; }

    /// <summary>SHA-256 over all files of the folder, lower-case hex: what reviewers approve and every audit event names.</summary>
    public required string Digest { get; init; }

    /// <summary>In the order of the manifest: this is the order agents see.</summary>
    public required IReadOnlyList<ManifestTool> Tools { get; init; }

    public required ClusterConfig Cluster { get; init; }

    public RuleBook Rules => new(Tools.Select(tool => tool.Rule));
}

/// <summary>One tool: its rule, its contract and, unless it is local, its route.</summary>
internal sealed record ManifestTool
{
    public required ToolRule Rule { get; init; }

    public required ToolContract Contract { get; init; }

    /// <summary>Null for a local tool.</summary>
    public required ManifestRoute? Route { get; init; }
}

/// <summary>The one way a tool reaches Tasker.</summary>
internal sealed record ManifestRoute(RouteConfig Yarp, RequestMapping Request, ResponseMapping Response);

/// <summary>The manifest is not valid; <see cref="Faults"/> lists everything that is wrong with it.</summary>
internal sealed class ManifestException(IReadOnlyList<string> faults)
    : Exception($"The manifest has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}.")
{
    public IReadOnlyList<string> Faults => faults;
}
