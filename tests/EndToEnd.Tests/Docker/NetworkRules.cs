using YamlDotNet.RepresentationModel;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>A pod as policies see it.</summary>
internal sealed record Peer(string Namespace, string Role, string Name)
{
    public IReadOnlyDictionary<string, string> NamespaceLabels => new Dictionary<string, string>
    {
        ["kubernetes.io/metadata.name"] = Namespace,
        ["agent-gateway/role"] = Role,
    };

    public IReadOnlyDictionary<string, string> Labels => new Dictionary<string, string> { ["app.kubernetes.io/name"] = Name };
}

/// <summary>The NetworkPolicies, evaluated as a cluster does: what no rule of a selected pod allows is refused.</summary>
internal static class NetworkRules
{
    /// <param name="policies">The namespace in which each policy is applied, with the policy.</param>
    public static bool Allows(IEnumerable<(string Namespace, YamlMappingNode Policy)> policies, Peer from, Peer to, int port)
    {
        var all = policies.ToList();
        return Side(all, to, from, port, "Ingress", "ingress", "from") && Side(all, from, to, port, "Egress", "egress", "to");
    }

    private static bool Side(
        List<(string Namespace, YamlMappingNode Policy)> policies, Peer self, Peer other, int port, string type, string rules, string peers)
    {
        var selecting = policies
            .Where(one => one.Namespace == self.Namespace && Matches(one.Policy["spec"]["podSelector"], self.Labels))
            .Select(one => (YamlMappingNode)one.Policy["spec"])
            .Where(spec => spec.Words("policyTypes").Contains(type))
            .ToList();
        return selecting.Count == 0
            || selecting.SelectMany(spec => Items(spec, rules)).Any(rule => Fits(rule, peers, other, port));
    }

    private static bool Fits(YamlMappingNode rule, string peers, Peer other, int port) =>
        Items(rule, "ports").Any(one => ComposeFile.Text(one["port"]) == port.ToString(null as IFormatProvider))
        && Items(rule, peers).Any(peer =>
            peer.Children.Keys.Select(ComposeFile.Text).All(name => name is "namespaceSelector" or "podSelector")
            && Selects(peer, "namespaceSelector", other.NamespaceLabels)
            && Selects(peer, "podSelector", other.Labels));

    private static bool Selects(YamlMappingNode peer, string selector, IReadOnlyDictionary<string, string> labels) =>
        !peer.Children.TryGetValue(selector, out var wanted) || Matches(wanted, labels);

    private static bool Matches(YamlNode selector, IReadOnlyDictionary<string, string> labels) =>
        ((YamlMappingNode)selector).Members("matchLabels").All(label =>
            labels.GetValueOrDefault(label.Key) == ComposeFile.Text(label.Value));

    private static IEnumerable<YamlMappingNode> Items(YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var list) ? ((YamlSequenceNode)list).Children.Cast<YamlMappingNode>() : [];
}
