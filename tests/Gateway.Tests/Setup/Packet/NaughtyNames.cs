using System.Text.Json.Nodes;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>The corpus of names that somebody may choose to break what is generated from them.</summary>
internal static class NaughtyNames
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. JsonNode.Parse(File.ReadAllText(Repository.At("tests", "Corpus", "names", "names.json")))!.AsObject()
            .SelectMany(group => group.Value!.AsArray().Select(name => (string)name!))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>No text at all in UTF-16: nothing that is read as Unicode can bring them here.</summary>
    public static IReadOnlyList<string> Broken { get; } = ["\ud800", "a\udc00b", "\udc00\ud800", "😀\ud83d"];
}
