using System.Buffers;
using System.Text;
using System.Text.Json;

namespace AgentGateway.Policy.Arguments;

/// <summary>RFC 8785 form of parsed arguments: equal meaning gives equal bytes, so that a repeated call is known by it.</summary>
public static class CanonicalJson
{
    private static readonly SearchValues<char> Escaped =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(unit => (char)unit), '"', '\\']);

    /// <param name="json">An object whose numbers are integers; contracts allow no other.</param>
    /// <param name="without">A top-level member to leave out.</param>
    /// <param name="prefix">Stands before it, as it is.</param>
    public static byte[] Write(JsonElement json, string without, string prefix = "")
    {
        var text = new StringBuilder(prefix, 256);
        WriteObject(text, json, without);
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static void WriteValue(StringBuilder text, JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(text, json, null);
                break;
            case JsonValueKind.Array:
                WriteArray(text, json);
                break;
            case JsonValueKind.String:
                WriteString(text, json.GetString()!);
                break;
            default:
                text.Append(json.GetRawText());
                break;
        }
    }

    private static void WriteObject(StringBuilder text, JsonElement json, string? without)
    {
        text.Append('{');
        var first = true;
        // RFC 8785 section 3.2.3: members sort by UTF-16 code units.
        foreach (var member in json.EnumerateObject().Where(member => member.Name != without).OrderBy(member => member.Name, StringComparer.Ordinal))
        {
            if (!first)
            {
                text.Append(',');
            }

            first = false;
            WriteString(text, member.Name);
            text.Append(':');
            WriteValue(text, member.Value);
        }

        text.Append('}');
    }

    private static void WriteArray(StringBuilder text, JsonElement json)
    {
        text.Append('[');
        var first = true;
        foreach (var item in json.EnumerateArray())
        {
            if (!first)
            {
                text.Append(',');
            }

            first = false;
            WriteValue(text, item);
        }

        text.Append(']');
    }

    // RFC 8785 section 3.2.2.2: only these are escaped, the control characters in their short form where one exists.
    private static void WriteString(StringBuilder text, string value)
    {
        text.Append('"');
        var rest = value.AsSpan();
        while (rest.IndexOfAny(Escaped) is var plain and >= 0)
        {
            text.Append(rest[..plain]);
            var unit = rest[plain];
            rest = rest[(plain + 1)..];
            _ = unit switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                _ => text.Append("\\u00").Append(((int)unit).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)),
            };
        }

        text.Append(rest).Append('"');
    }
}
