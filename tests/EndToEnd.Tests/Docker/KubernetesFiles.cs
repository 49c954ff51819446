using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>The objects that <c>kubectl apply -k docker/kubernetes</c> would send, and Tasker's policy beside them.</summary>
internal static class KubernetesFiles
{
    public static string Folder => Path.Combine(ComposeFile.Folder, "kubernetes");

    public static IReadOnlyList<string> Resources { get; } =
        ((YamlMappingNode)Read("kustomization.yaml").Single()).Words("resources");

    public static IReadOnlyList<YamlMappingNode> Objects { get; } =
        [.. Resources.Append("tasker-policy.yaml").SelectMany(Read).Cast<YamlMappingNode>()];

    public static YamlMappingNode Object(string kind, string name) =>
        Objects.Single(one => ComposeFile.Text(one["kind"]) == kind && ComposeFile.Text(one["metadata"]["name"]) == name);

    /// <summary>The pod a Deployment or Job makes.</summary>
    public static YamlMappingNode Pod(string kind, string name) => (YamlMappingNode)Object(kind, name)["spec"]["template"]["spec"];

    public static YamlMappingNode Container(string kind, string name) => (YamlMappingNode)Pod(kind, name)["containers"][0];

    public static IReadOnlyDictionary<string, string> Environment(string kind, string name) =>
        ((YamlSequenceNode)Container(kind, name)["env"]).Children.ToDictionary(
            variable => ComposeFile.Text(variable["name"]), variable => ComposeFile.Text(variable["value"]));

    private static IEnumerable<YamlNode> Read(string file)
    {
        using var text = File.OpenText(Path.Combine(Folder, file));
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(text)));
        return [.. stream.Documents.Select(document => document.RootNode)];
    }
}
