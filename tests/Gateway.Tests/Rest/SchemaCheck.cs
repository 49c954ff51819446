using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Tests.Owners;

namespace AgentGateway.Gateway.Tests.Rest;

/// <summary>A second reader of the few schema words that the documents use; a word it does not know is a problem.</summary>
internal static class SchemaCheck
{
    private static readonly string[] Silent = ["description", "format", "title", "default"];

    public static List<string> Problems(JsonNode schema, JsonNode? value, string path = "$")
    {
        var problems = new List<string>();
        foreach (var (word, meaning) in schema.AsObject())
        {
            problems.AddRange(word switch
            {
                "type" => Types(meaning!).Any(type => Is(type, value)) ? [] : [$"{path} is no {meaning!.ToJsonString()}"],
                "properties" when value is JsonObject given => meaning!.AsObject()
                    .Where(member => given.ContainsKey(member.Key))
                    .SelectMany(member => Problems(member.Value!, given[member.Key], $"{path}.{member.Key}")),
                "required" when value is JsonObject given =>
                    meaning!.AsArray().Where(name => !given.ContainsKey((string)name!)).Select(name => $"{path}.{name} is missing"),
                "additionalProperties" when value is JsonObject given && meaning!.GetValueKind() is JsonValueKind.False =>
                    given.Where(member => !schema["properties"]!.AsObject().ContainsKey(member.Key))
                        .Select(member => $"{path}.{member.Key} is unknown"),
                "items" when value is JsonArray list => list.SelectMany((item, index) => Problems(meaning!, item, $"{path}[{index}]")),
                "enum" => meaning!.AsArray().Any(word => JsonNode.DeepEquals(word, value)) ? [] : [$"{path} is none of the words"],
                "properties" or "required" or "additionalProperties" or "items" => [],
                _ when Silent.Contains(word) => [],
                _ => [$"{path}: the schema says {word}, which nobody checks"],
            });
        }

        return problems;
    }

    private static IEnumerable<string> Types(JsonNode meaning) =>
        meaning is JsonArray several ? several.Select(type => (string)type!) : [(string)meaning!];

    private static bool Is(string type, JsonNode? value) => type switch
    {
        "null" => value is null,
        "object" => value is JsonObject,
        "array" => value is JsonArray,
        "string" => value?.GetValueKind() is JsonValueKind.String,
        "boolean" => value?.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
        "integer" => value?.GetValueKind() is JsonValueKind.Number && value.AsValue().TryGetValue<long>(out _),
        _ => false,
    };
}

/// <summary>Asks the internal routes and holds each answer to its operation in the document.</summary>
internal sealed class DocumentedAnswers(JsonObject document, OwnersWorld world)
{
    public List<string> Wrong { get; } = [];

    public HashSet<string> Asked { get; } = [];

    public async Task<JsonNode> AskAsync(string method, string path, string? body = null, string? token = null, int refused = 0,
        string query = "")
    {
        var full = "/api/internal/v1" + path;
        Asked.Add($"{method} {full}");
        var address = path.Replace("{owner}", "u-anna", StringComparison.Ordinal)
            .Replace("{agent}", world.Ledger.Agent.Id, StringComparison.Ordinal).Replace("{project}", "NDC", StringComparison.Ordinal)
            .Replace("{code}", "BCDF-GHJK", StringComparison.Ordinal)
            .Replace("{token}", token ?? "-", StringComparison.Ordinal).Replace("{client}", "c", StringComparison.Ordinal)
            .Replace("{user}", "u-other", StringComparison.Ordinal);
        var answer = await world.AskAsync(method, address + query, body);
        var operation = document["paths"]![full]?[method.ToLowerInvariant()];
        var documented = operation?["responses"]?[$"{answer.Status}"];
        var schema = refused > 0
            ? document["components"]!["schemas"]!["Problem"]
            : documented?["content"]?["application/json"]?["schema"];
        Wrong.AddRange(documented is null || schema is null || (refused > 0 && answer.Status != refused)
            ? [$"{method} {path} answered {answer.Status}"]
            : SchemaCheck.Problems(schema, answer.Json).Select(problem => $"{method} {path}: {problem}"));
        if (body is not null && refused == 0)
        {
            var asked = operation!["requestBody"]!["content"]!["application/json"]!["schema"]!;
            Wrong.AddRange(SchemaCheck.Problems(asked, JsonNode.Parse(body)).Select(problem => $"{method} {path}, body: {problem}"));
        }

        return answer.Json;
    }
}
