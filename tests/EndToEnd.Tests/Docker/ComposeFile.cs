using AgentGateway.EndToEnd.Tests.System;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>docker/compose.yaml as Compose reads it, with its anchors merged.</summary>
internal static class ComposeFile
{
    public static string Folder => Path.Combine(Programs.Repository, "docker");

    public static YamlMappingNode Root { get; } = Read();

    public static YamlMappingNode Service(string name) => (YamlMappingNode)((YamlMappingNode)Root["services"])[name];

    /// <summary>The members of a mapping, or none when it is not there.</summary>
    public static IReadOnlyDictionary<string, YamlNode> Members(this YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var child)
            ? ((YamlMappingNode)child).Children.ToDictionary(member => Text(member.Key), member => member.Value)
            : new Dictionary<string, YamlNode>();

    /// <summary>The words of a list, or none when it is not there.</summary>
    public static IReadOnlyList<string> Words(this YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var child) ? [.. ((YamlSequenceNode)child).Children.Select(Text)] : [];

    public static string Text(YamlNode node) => ((YamlScalarNode)node).Value ?? "";

    private static YamlMappingNode Read()
    {
        using var text = File.OpenText(Path.Combine(Folder, "compose.yaml"));
        var stream = new YamlStream();
        stream.Load(new MergingParser(new Parser(text)));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }
}
