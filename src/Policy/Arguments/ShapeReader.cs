using System.Text.Json;

namespace AgentGateway.Policy.Arguments;

/// <summary>Reads the closed schema subset; a keyword it does not enforce is a fault, so that no contract promises more than is checked.</summary>
internal static class ShapeReader
{
    private static readonly Dictionary<string, string[]> Keywords = new(StringComparer.Ordinal)
    {
        ["object"] = ["properties", "required", "additionalProperties"],
        ["array"] = ["items", "minItems", "maxItems"],
        ["string"] = ["enum", "minLength", "maxLength", "x-mcp-header"],
        ["integer"] = ["minimum", "maximum"],
        ["boolean"] = [],
    };

    private static readonly string[] Everywhere = ["type", "description", "default", "title"];

    public static Shape? Read(JsonElement schema, string path, ICollection<string> faults)
    {
        if (schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("type", out var type)
            || type.ValueKind != JsonValueKind.String
            || !Keywords.TryGetValue(type.GetString()!, out var allowed))
        {
            faults.Add($"{path}: type must be one of {string.Join(", ", Keywords.Keys)}.");
            return null;
        }

        foreach (var member in schema.EnumerateObject())
        {
            if (!Everywhere.Contains(member.Name) && !allowed.Contains(member.Name))
            {
                faults.Add($"{path}: the keyword {member.Name} is outside the subset the gateway enforces for {type}.");
            }
        }

        return type.GetString() switch
        {
            "object" => ReadObject(schema, path, faults),
            "array" => ReadArray(schema, path, faults),
            "string" => new TextShape(Limit(schema, "minLength", 0), Limit(schema, "maxLength", 64 * 1024), Words(schema, path, faults)),
            "integer" => new IntegerShape(Long(schema, "minimum", long.MinValue), Long(schema, "maximum", long.MaxValue)),
            _ => new FlagShape(),
        };
    }

    private static ObjectShape ReadObject(JsonElement schema, string path, ICollection<string> faults)
    {
        if (!schema.TryGetProperty("additionalProperties", out var more) || more.ValueKind != JsonValueKind.False)
        {
            faults.Add($"{path}: additionalProperties must be false; a closed list is what makes a contract auditable.");
        }

        var members = new Dictionary<string, Shape>(StringComparer.Ordinal);
        if (schema.TryGetProperty("properties", out var properties) && properties.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in properties.EnumerateObject())
            {
                if (Read(property.Value, $"{path}.{property.Name}", faults) is { } shape)
                {
                    members[property.Name] = shape;
                }
            }
        }

        var required = Strings(schema, "required");
        foreach (var name in required.Where(name => !members.ContainsKey(name)))
        {
            faults.Add($"{path}: required names {name}, which is not in properties.");
        }

        return new ObjectShape(members, required);
    }

    private static ArrayShape? ReadArray(JsonElement schema, string path, ICollection<string> faults)
    {
        if (!schema.TryGetProperty("items", out var items))
        {
            faults.Add($"{path}: an array must say its items.");
            return null;
        }

        return Read(items, $"{path}[]", faults) is { } item
            ? new ArrayShape(item, Limit(schema, "minItems", 0), Limit(schema, "maxItems", 500))
            : null;
    }

    private static IReadOnlyList<string> Words(JsonElement schema, string path, ICollection<string> faults)
    {
        var words = Strings(schema, "enum");
        if (schema.TryGetProperty("enum", out _) && words.Count == 0)
        {
            faults.Add($"{path}: enum must list words.");
        }

        return words;
    }

    private static IReadOnlyList<string> Strings(JsonElement schema, string name) =>
        schema.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Where(entry => entry.ValueKind == JsonValueKind.String).Select(entry => entry.GetString()!)]
            : [];

    private static int Limit(JsonElement schema, string name, int fallback) =>
        schema.TryGetProperty(name, out var limit) && limit.TryGetInt32(out var number) ? number : fallback;

    private static long Long(JsonElement schema, string name, long fallback) =>
        schema.TryGetProperty(name, out var limit) && limit.TryGetInt64(out var number) ? number : fallback;
}
