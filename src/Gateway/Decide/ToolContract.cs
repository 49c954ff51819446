using System.Text.Json;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Policy.Arguments;

namespace AgentGateway.Gateway.Decide;

/// <summary>One file of <c>config/contracts/</c>: what agents are told about a tool, and what its arguments are checked against.</summary>
internal sealed record ToolContract
{
    private const int MaxInputSchemaBytes = 5_000;

    private static readonly string[] Members =
        ["name", "title", "description", "inputSchema", "outputSchema", "annotations", "outputRequired"];

    public required string Name { get; init; }

    public required string Description { get; init; }

    /// <summary>The file's root; what agents see is cut out of it.</summary>
    public required JsonElement Json { get; init; }

    public required ArgumentSchema Arguments { get; init; }

    public required IReadOnlyList<string> OutputRequired { get; init; }

    /// <summary>The <c>Mcp-Param-…</c> headers that clients of the stateless era must send: suffix of the header → argument.</summary>
    public required IReadOnlyDictionary<string, string> ParamHeaders { get; init; }

    /// <summary>The description of each argument.</summary>
    public IReadOnlyDictionary<string, string> Meanings => Json.GetProperty("inputSchema").GetProperty("properties").EnumerateObject()
        .Where(argument => argument.Value.TryGetProperty("description", out _))
        .ToDictionary(argument => argument.Name, argument => argument.Value.GetProperty("description").GetString()!, StringComparer.Ordinal);

    public static ToolContract? Read(string tool, byte[] utf8, ICollection<string> faults)
    {
        var json = StrictFile.Parse(utf8, $"contracts/{tool}.json", faults);
        if (json is not { } root)
        {
            return null;
        }

        var mine = new List<string>();
        foreach (var member in root.EnumerateObject().Where(member => !Members.Contains(member.Name, StringComparer.Ordinal)))
        {
            mine.Add($"unknown member {member.Name}.");
        }

        foreach (var member in Members.Where(member => !root.TryGetProperty(member, out _)))
        {
            mine.Add($"{member} is missing.");
        }

        if (mine.Count == 0)
        {
            CheckTexts(tool, root, mine);
        }

        var headers = mine.Count == 0 ? ParamHeaderReader.Read(root.GetProperty("inputSchema"), mine) : [];
        var arguments = mine.Count == 0 ? ArgumentSchema.Compile(root.GetProperty("inputSchema"), mine) : null;
        foreach (var fault in mine)
        {
            faults.Add($"contracts/{tool}.json: {fault}");
        }

        return arguments is null || mine.Count > 0 ? null : new ToolContract
        {
            Name = tool,
            Description = root.GetProperty("description").GetString()!,
            Json = root,
            Arguments = arguments,
            OutputRequired = [.. root.GetProperty("outputRequired").EnumerateArray().Select(name => name.GetString() ?? "")],
            ParamHeaders = headers,
        };
    }

    private static void CheckTexts(string tool, JsonElement root, List<string> faults)
    {
        if (root.GetProperty("name").ValueKind != JsonValueKind.String || root.GetProperty("name").GetString() != tool)
        {
            faults.Add("name must equal the file's name.");
        }

        foreach (var name in new[] { "title", "description" })
        {
            if (root.GetProperty(name).ValueKind != JsonValueKind.String || root.GetProperty(name).GetString()!.Length == 0)
            {
                faults.Add($"{name} must be text.");
            }
        }

        foreach (var name in new[] { "inputSchema", "outputSchema", "annotations" })
        {
            if (root.GetProperty(name).ValueKind != JsonValueKind.Object)
            {
                faults.Add($"{name} must be an object.");
            }
        }

        if (root.GetProperty("outputRequired").ValueKind != JsonValueKind.Array)
        {
            faults.Add("outputRequired must be a list.");
        }

        // Above this size Codex drops the descriptions of all parameters.
        if (JsonSerializer.SerializeToUtf8Bytes(root.GetProperty("inputSchema")).Length > MaxInputSchemaBytes)
        {
            faults.Add($"inputSchema is larger than {MaxInputSchemaBytes} bytes.");
        }
    }
}
