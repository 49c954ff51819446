using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentGateway.EndToEnd.Tests.Clients;

/// <summary>Holds a result against the part of JSON Schema our contracts use; a member nobody announced is a fault too.</summary>
internal static class OutputSchema
{
    private static readonly HashSet<string> Known = ["type", "properties", "required", "items", "enum", "description", "additionalProperties"];

    public static IEnumerable<string> Faults(JsonNode? value, JsonObject schema, string path = "$")
    {
        foreach (var word in schema.Select(member => member.Key).Where(word => !Known.Contains(word)))
        {
            yield return $"{path}: the schema says \"{word}\", which this validator does not know";
        }

        string[] types = schema["type"] switch
        {
            JsonArray several => [.. several.Select(type => (string)type!)],
            { } one => [(string)one!],
            null => [],
        };
        if (types.Length > 0 && !types.Contains(TypeOf(value)) && !(types.Contains("number") && TypeOf(value) == "integer"))
        {
            yield return $"{path}: {TypeOf(value)} where {string.Join(" or ", types)} was promised";
            yield break;
        }

        if (schema["enum"] is JsonArray choices && !choices.Any(choice => JsonNode.DeepEquals(choice, value)))
        {
            yield return $"{path}: {value?.ToJsonString()} is none of the promised values";
        }

        foreach (var fault in Inside(value, schema, path))
        {
            yield return fault;
        }
    }

    private static IEnumerable<string> Inside(JsonNode? value, JsonObject schema, string path) => value switch
    {
        JsonArray list when schema["items"] is JsonObject items =>
            list.SelectMany((item, at) => Faults(item, items, $"{path}[{at}]")),
        JsonObject members when schema["properties"] is JsonObject properties =>
        [
            .. members.SelectMany(member => (properties[member.Key] ?? schema["additionalProperties"]) is JsonObject inner
                ? Faults(member.Value, inner, $"{path}.{member.Key}")
                : [$"{path}.{member.Key}: was never announced"]),
            .. (schema["required"] as JsonArray ?? []).Select(name => (string)name!)
                .Where(name => !members.ContainsKey(name)).Select(name => $"{path}.{name}: is missing"),
        ],
        _ => [],
    };

    private static string TypeOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => value.AsValue().TryGetValue<long>(out _) ? "integer" : "number",
        _ => "boolean",
    };
}
