using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace AgentGateway.Tasker.Operations;

/// <summary>Tells two requests under one key apart by what they ask, whatever the order of their members.</summary>
internal static class Fingerprint
{
    public static byte[] Of(HttpRequest request, JsonElement body)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartArray();
            json.WriteStringValue(request.Method);
            json.WriteStringValue(request.Path.Value!.ToUpperInvariant());
            json.WriteStringValue(Encoding.UTF8.GetBytes(request.Headers.IfMatch.ToString()));
            Write(json, body);
            json.WriteEndArray();
        }

        return SHA256.HashData(bytes.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            json.WriteStartObject();
            foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
            {
                json.WritePropertyName(member.Name);
                Write(json, member.Value);
            }

            json.WriteEndObject();
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            json.WriteStartArray();
            foreach (var item in value.EnumerateArray())
            {
                Write(json, item);
            }

            json.WriteEndArray();
        }
        else
        {
            value.WriteTo(json);
        }
    }
}
