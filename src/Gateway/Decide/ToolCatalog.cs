using System.Collections.Frozen;
using System.Text.Json;
using AgentGateway.Policy;
using AgentGateway.Transforms.Mapping;

namespace AgentGateway.Gateway.Decide;

/// <summary>What <c>tools/list</c> shows: only what this agent may call, in the manifest's order, serialised once at start.</summary>
internal sealed class ToolCatalog
{
    private static readonly string[] Shown = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"];

    private static readonly FrozenDictionary<string, string> NoHeaders = FrozenDictionary<string, string>.Empty;

    private readonly IReadOnlyList<Entry> _entries;
    private readonly FrozenDictionary<string, ManifestTool> _tools;

    public ToolCatalog(Manifest manifest)
    {
        _tools = manifest.Tools.ToFrozenDictionary(tool => tool.Rule.Tool, StringComparer.Ordinal);
        _entries =
        [
            .. manifest.Tools.Select(tool => new Entry(tool.Rule, Fragment(tool, projectOptional: false), Fragment(tool, projectOptional: true))),
        ];
    }

    public ManifestTool this[string tool] => _tools[tool];

    public bool Has(string tool) => _tools.ContainsKey(tool);

    /// <summary>The headers that must repeat arguments of this tool; none for a tool that does not exist.</summary>
    public IReadOnlyDictionary<string, string> ParamHeaders(string tool) =>
        _tools.TryGetValue(tool, out var found) ? found.Contract.ParamHeaders : NoHeaders;

    /// <summary>What this agent may call, each described as one JSON object. With one granted project its argument is optional.</summary>
    public IEnumerable<(ToolRule Rule, ReadOnlyMemory<byte> Description)> Callable(Authority authority)
    {
        var single = authority.Grants.Count == 1;
        return _entries.Where(entry => RuleBook.IsCallable(authority, entry.Rule))
            .Select(entry => (entry.Rule, (ReadOnlyMemory<byte>)(single ? entry.Single : entry.Several)));
    }

    /// <summary>The same as one JSON array.</summary>
    public ReadOnlyMemory<byte> List(Authority authority)
    {
        using var buffer = new MemoryStream(48 * 1024);
        buffer.WriteByte((byte)'[');
        foreach (var (_, description) in Callable(authority))
        {
            if (buffer.Length > 1)
            {
                buffer.WriteByte((byte)',');
            }

            buffer.Write(description.Span);
        }

        buffer.WriteByte((byte)']');
        return buffer.ToArray();
    }

    private static byte[] Fragment(ManifestTool tool, bool projectOptional)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, JsonOutput.Options))
        {
            writer.WriteStartObject();
            foreach (var name in Shown)
            {
                writer.WritePropertyName(name);
                var value = tool.Contract.Json.GetProperty(name);
                if (name == "inputSchema" && projectOptional)
                {
                    WriteWithoutRequiredProject(writer, value);
                }
                else
                {
                    value.WriteTo(writer);
                }
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static void WriteWithoutRequiredProject(Utf8JsonWriter writer, JsonElement schema)
    {
        writer.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            writer.WritePropertyName(member.Name);
            if (member.Name != "required")
            {
                member.Value.WriteTo(writer);
                continue;
            }

            writer.WriteStartArray();
            foreach (var name in member.Value.EnumerateArray().Where(name => !name.ValueEquals("project")))
            {
                name.WriteTo(writer);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private sealed record Entry(ToolRule Rule, byte[] Several, byte[] Single);
}
