using System.Text.Json;

namespace AgentGateway.Gateway.Decide.Loading;

/// <summary>Small strict readers: an unknown or missing member is a fault with its place, never a silent default.</summary>
internal static class ManifestShape
{
    public static void CheckMembers(JsonElement json, string place, IReadOnlyList<string> known, ICollection<string> faults)
    {
        foreach (var member in Members(json).Where(member => !known.Contains(member.Name, StringComparer.Ordinal)))
        {
            faults.Add($"{place}: unknown member {member.Name}.");
        }
    }

    public static JsonElement Object(JsonElement json, string name, string place, ICollection<string> faults)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object)
        {
            return value;
        }

        faults.Add($"{place}: {name} must be an object.");
        return default;
    }

    public static string? Text(JsonElement json, string name, string place, ICollection<string> faults)
    {
        if (json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String)
        {
            return value.GetString();
        }

        faults.Add($"{place}: {name} must be text.");
        return null;
    }

    public static IReadOnlyList<string> Texts(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : "")]
            : [];

    public static JsonProperty[] Members(JsonElement json) =>
        json.ValueKind == JsonValueKind.Object ? [.. json.EnumerateObject()] : [];
}
