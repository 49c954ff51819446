using System.Text.Json;

namespace AgentGateway.Transforms.Mapping;

/// <summary>A compiled template of the manifest: writes exactly the members it names, whatever it is given to read.</summary>
internal abstract class Template
{
    /// <summary>Arguments or members of the answer the template reads, by the member they go to.</summary>
    public IReadOnlyList<(string Target, string Source)> Reads { get; private set; } = [];

    public static Template? Compile(JsonElement json, TemplateSide side, ICollection<string> faults)
    {
        var reads = new List<(string, string)>();
        var template = Build(json, new Builder(side, faults, reads), "", insideAs: false);
        if (template is not null)
        {
            template.Reads = reads;
        }

        return template;
    }

    /// <summary>Writes the value, preceded by the member name when there is one; false when there is nothing to write.</summary>
    public abstract bool TryWrite(Utf8JsonWriter writer, string? member, in Source source);

    private static Template? Build(JsonElement json, Builder builder, string target, bool insideAs)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String when json.GetString()!.StartsWith('$'):
                var reference = Reference.Parse(json.GetString()!, builder.Side, insideAs, builder.Faults);
                if (reference?.RootMember is { } root)
                {
                    builder.Reads.Add((target, root));
                }

                return reference is null ? null : new ReferenceTemplate(reference);
            case JsonValueKind.Array:
                return new ArrayTemplate([.. json.EnumerateArray().Select(entry => Build(entry, builder, target, insideAs)).OfType<Template>()]);
            case JsonValueKind.Object when json.TryGetProperty("$each", out _) || json.TryGetProperty("$pick", out _):
                return BuildPick(json, builder, target, insideAs);
            case JsonValueKind.Object:
                return new ObjectTemplate(Members(json, builder, target, insideAs));
            default:
                return new ConstantTemplate(json.Clone());
        }
    }

    private static PickTemplate? BuildPick(JsonElement json, Builder builder, string target, bool insideAs)
    {
        foreach (var member in json.EnumerateObject().Where(member => member.Name is not ("$each" or "$pick" or "from" or "$as")))
        {
            builder.Faults.Add($"{target}: {member.Name} does not belong beside $each and $pick.");
        }

        var each = json.TryGetProperty("$each", out var list);
        var from = each ? list.GetString() : json.TryGetProperty("from", out var path) ? path.GetString() : ".";
        if (string.IsNullOrEmpty(from))
        {
            builder.Faults.Add($"{target}: $each and from name a member.");
            return null;
        }

        var origin = from == "." ? null : Reference.Parse("$" + from, builder.Side, insideAs, builder.Faults);
        if (origin is null && from != ".")
        {
            return null;
        }

        if (origin?.RootMember is { } root)
        {
            builder.Reads.Add((target, root));
        }

        string[] picked = json.TryGetProperty("$pick", out var names) ? [.. names.EnumerateArray().Select(name => name.GetString()!)] : [];
        var more = json.TryGetProperty("$as", out var template) ? Members(template, builder, target, insideAs: true) : [];
        return new PickTemplate(origin, each, picked, more);
    }

    private static List<(string Name, Template Value)> Members(JsonElement json, Builder builder, string target, bool insideAs)
    {
        var members = new List<(string, Template)>();
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name.StartsWith('$'))
            {
                builder.Faults.Add($"{target}: unknown operator {member.Name}.");
            }
            else if (Build(member.Value, builder, target.Length == 0 ? member.Name : target, insideAs) is { } value)
            {
                members.Add((member.Name, value));
            }
        }

        return members;
    }

    private sealed record Builder(TemplateSide Side, ICollection<string> Faults, List<(string Target, string Source)> Reads);
}

/// <summary>A constant of the manifest.</summary>
internal sealed class ConstantTemplate(JsonElement value) : Template
{
    public override bool TryWrite(Utf8JsonWriter writer, string? member, in Source source)
    {
        if (member is not null)
        {
            writer.WritePropertyName(member);
        }

        value.WriteTo(writer);
        return true;
    }
}

/// <summary>A single reference.</summary>
internal sealed class ReferenceTemplate(Reference reference) : Template
{
    public Reference Reference => reference;

    public override bool TryWrite(Utf8JsonWriter writer, string? member, in Source source) =>
        reference.TryWrite(writer, member, source);
}

/// <summary>A list of templates; absent entries are left out.</summary>
internal sealed class ArrayTemplate(IReadOnlyList<Template> entries) : Template
{
    public override bool TryWrite(Utf8JsonWriter writer, string? member, in Source source)
    {
        if (member is not null)
        {
            writer.WritePropertyName(member);
        }

        writer.WriteStartArray();
        foreach (var entry in entries)
        {
            entry.TryWrite(writer, null, source);
        }

        writer.WriteEndArray();
        return true;
    }
}

/// <summary>An object with exactly these members; absent ones are left out.</summary>
internal sealed class ObjectTemplate(IReadOnlyList<(string Name, Template Value)> members) : Template
{
    public IEnumerable<string> Names => members.Select(member => member.Name);

    public override bool TryWrite(Utf8JsonWriter writer, string? member, in Source source)
    {
        if (member is not null)
        {
            writer.WritePropertyName(member);
        }

        writer.WriteStartObject();
        WriteMembers(writer, source);
        writer.WriteEndObject();
        return true;
    }

    /// <summary>The members without the braces, so that a caller can add its own.</summary>
    public void WriteMembers(Utf8JsonWriter writer, in Source source)
    {
        foreach (var (name, value) in members)
        {
            value.TryWrite(writer, name, source);
        }
    }
}
