using System.Text.Json;

namespace AgentGateway.Transforms.Mapping;

/// <summary><c>$each</c> and <c>$pick</c>: chosen members of one object, or of each object of an array.</summary>
internal sealed class PickTemplate(
    Reference? origin, bool each, IReadOnlyList<string> picked, IReadOnlyList<(string Name, Template Value)> more) : Template
{
    public override bool TryWrite(Utf8JsonWriter writer, string? member, in Source source)
    {
        var value = source.Root;
        if (origin is not null && !origin.TryRead(source, out value))
        {
            return false;
        }

        if (value.ValueKind != (each ? JsonValueKind.Array : JsonValueKind.Object))
        {
            return false;
        }

        if (member is not null)
        {
            writer.WritePropertyName(member);
        }

        if (!each)
        {
            WriteOne(writer, value, source);
            return true;
        }

        writer.WriteStartArray();
        foreach (var item in value.EnumerateArray())
        {
            WriteOne(writer, item, source);
        }

        writer.WriteEndArray();
        return true;
    }

    private void WriteOne(Utf8JsonWriter writer, JsonElement item, in Source source)
    {
        writer.WriteStartObject();
        if (item.ValueKind == JsonValueKind.Object)
        {
            foreach (var name in picked)
            {
                if (item.TryGetProperty(name, out var value))
                {
                    writer.WritePropertyName(name);
                    value.WriteTo(writer);
                }
            }
        }

        var inner = source with { Item = item };
        foreach (var (name, value) in more)
        {
            value.TryWrite(writer, name, inner);
        }

        writer.WriteEndObject();
    }
}
