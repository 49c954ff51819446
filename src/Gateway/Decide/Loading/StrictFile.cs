using System.Text.Json;

namespace AgentGateway.Gateway.Decide.Loading;

/// <summary>Parses a reviewed file strictly: one object, no duplicate members, no comments, so that a reader and the gateway see the same.</summary>
internal static class StrictFile
{
    public static JsonElement? Parse(byte[] utf8, string name, ICollection<string> faults)
    {
        try
        {
            var options = new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 64 };
            using var document = JsonDocument.Parse(utf8, options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document.RootElement.Clone();
            }

            faults.Add($"{name}: must be one JSON object.");
        }
        catch (JsonException error)
        {
            faults.Add($"{name}: not strict JSON at line {error.LineNumber + 1}: {error.Message}");
        }

        return null;
    }
}
