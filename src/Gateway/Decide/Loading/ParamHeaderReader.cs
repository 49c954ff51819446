using System.Text.Json;

namespace AgentGateway.Gateway.Decide.Loading;

/// <summary>Reads which arguments a contract wants repeated in headers (<c>x-mcp-header</c>).</summary>
internal static class ParamHeaderReader
{
    private const string Keyword = "x-mcp-header";

    /// <summary>Suffix of the header → argument. A name no header can have, or one twice, is a fault.</summary>
    public static Dictionary<string, string> Read(JsonElement inputSchema, ICollection<string> faults)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (!inputSchema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return headers;
        }

        foreach (var argument in properties.EnumerateObject())
        {
            if (argument.Value.ValueKind != JsonValueKind.Object || !argument.Value.TryGetProperty(Keyword, out var suffix))
            {
                continue;
            }

            if (suffix.ValueKind != JsonValueKind.String || !IsName(suffix.GetString()!))
            {
                faults.Add($"inputSchema.{argument.Name}: {Keyword} must be letters, digits and hyphens.");
            }
            else if (!headers.TryAdd(suffix.GetString()!, argument.Name))
            {
                faults.Add($"inputSchema.{argument.Name}: {Keyword} {suffix.GetString()} is taken by another argument.");
            }
        }

        return headers;
    }

    private static bool IsName(string text) =>
        text.Length is > 0 and <= 40 && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-');
}
