using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace AgentGateway.Tasker.Tests.Adapter.Document;

/// <summary>An operation as the document states it.</summary>
internal sealed record DocumentedOperation(string Id, string Method, string Path, YamlMappingNode Node);

/// <summary>The adapter's OpenAPI document, as the tests read it.</summary>
internal sealed class AdapterDocument
{
    private static readonly string[] Methods = ["get", "post", "put", "patch", "delete", "head", "options"];

    private readonly YamlMappingNode _root;

    private AdapterDocument(YamlMappingNode root) => _root = root;

    public IReadOnlyList<DocumentedOperation> Operations =>
    [
        .. from path in Map(_root, "paths").Children
           from method in ((YamlMappingNode)path.Value).Children
           where Methods.Contains(method.Key.ToString())
           let node = (YamlMappingNode)method.Value
           select new DocumentedOperation(
               node.Children["operationId"].ToString(), method.Key.ToString().ToUpperInvariant(), path.Key.ToString(), node),
    ];

    public static AdapterDocument Load()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ProxyGateway.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        using var reader = new StreamReader(Path.Combine(folder.FullName, "docs", "openapi", "tasker-adapter.yaml"));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return new AdapterDocument((YamlMappingNode)yaml.Documents[0].RootNode);
    }

    /// <summary>The schema of a response's body; null when that status is not documented.</summary>
    public YamlMappingNode? Response(DocumentedOperation operation, int status, string type = "application/json")
    {
        var responses = Map(operation.Node, "responses");
        return responses.Children.TryGetValue(status.ToString(CultureInfo.InvariantCulture), out var response)
            ? Map(Map(Map(Resolve((YamlMappingNode)response), "content"), type), "schema")
            : null;
    }

    public IEnumerable<string> ProblemCodes => ((YamlSequenceNode)new[] { "components", "schemas", "Problem", "properties", "code" }
        .Aggregate(_root, Map).Children["enum"]).Select(code => code.ToString());

    public YamlMappingNode Resolve(YamlMappingNode node)
    {
        while (node.Children.TryGetValue("$ref", out var reference))
        {
            node = reference.ToString()[2..].Split('/').Aggregate(_root, Map);
        }

        return node;
    }

    /// <summary>The media types of an operation that have an example: of its body and of its answers.</summary>
    public IEnumerable<(string Of, YamlMappingNode Schema, JsonNode? Example)> Examples(DocumentedOperation operation)
    {
        var answers = Map(operation.Node, "responses").Children.Select(one => ($"{one.Key}", (YamlMappingNode)one.Value));
        (string, YamlMappingNode)[] all = operation.Node.Children.TryGetValue("requestBody", out var body)
            ? [("body", (YamlMappingNode)body), .. answers]
            : [.. answers];
        return from one in all
               let part = Resolve(one.Item2)
               where part.Children.ContainsKey("content")
               from media in Map(part, "content").Children
               let type = (YamlMappingNode)media.Value
               where type.Children.ContainsKey("example")
               select (one.Item1, Map(type, "schema"), Json(type.Children["example"]));
    }

    private static JsonNode? Json(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(one => KeyValuePair.Create($"{one.Key}", Json(one.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "null" or "true" or "false" } word => JsonNode.Parse(word.Value!),
        YamlScalarNode { Style: ScalarStyle.Plain } plain when double.TryParse(plain.Value, CultureInfo.InvariantCulture, out _) =>
            JsonNode.Parse(plain.Value!),
        _ => node.ToString(),
    };

    public static YamlMappingNode Map(YamlMappingNode node, string name) => (YamlMappingNode)node.Children[name];
}
