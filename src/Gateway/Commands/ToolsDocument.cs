using System.Globalization;
using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Commands;

/// <summary>docs/MCP_TOOLS_CONTRACT.md: every tool as agents see it, generated from the manifest and its contracts.</summary>
internal static class ToolsDocument
{
    public static string Markdown(Manifest manifest)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"""
            # MCP tools contract

            Generated from `config/` by `gateway tools` and held to it by a test. Contract {manifest.Contract},
            {manifest.Tools.Count} tools. An agent sees only the tools it may call.

            Each result is complete in `structuredContent`, at most 32 KB, paged where it can be longer. A refusal is a result with
            `isError: true` and `{"{"}code, detail, hint, retryable, errors?{"}"}`. Every write takes an optional `idempotency_key`, returns it
            (minted when absent) and says with `replayed` whether the answer comes from the ledger.

            | tool | kind | scope | also needs |
            |---|---|---|---|

            """);
        foreach (var tool in manifest.Tools)
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| [`{tool.Rule.Tool}`](#{tool.Rule.Tool}) | {Kind(tool)} | {Scope(tool.Rule.Scope)} | {AlsoNeeds(tool)} |\n");
        }

        foreach (var tool in manifest.Tools)
        {
            Append(text, tool);
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, ManifestTool tool)
    {
        var contract = tool.Contract.Json;
        text.Append(CultureInfo.InvariantCulture, $"\n## {tool.Rule.Tool}\n\n{contract.GetProperty("description").GetString()}\n\n");
        AppendArguments(text, contract.GetProperty("inputSchema"));
        text.Append(CultureInfo.InvariantCulture, $"Result: {Shape(contract.GetProperty("outputSchema"))}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"Always there: {string.Join(", ", tool.Contract.OutputRequired.Select(name => $"`{name}`"))}. ");
        text.Append(CultureInfo.InvariantCulture, $"Hints: {Hints(contract.GetProperty("annotations"))}.\n");
    }

    private static void AppendArguments(StringBuilder text, JsonElement schema)
    {
        var required = schema.TryGetProperty("required", out var names)
            ? names.EnumerateArray().Select(name => name.GetString()!).ToHashSet(StringComparer.Ordinal)
            : [];
        if (!schema.GetProperty("properties").EnumerateObject().Any())
        {
            text.Append("No arguments.\n\n");
            return;
        }

        text.Append("| argument | type | required | meaning |\n|---|---|---|---|\n");
        foreach (var argument in schema.GetProperty("properties").EnumerateObject())
        {
            text.Append(CultureInfo.InvariantCulture,
                $"| `{argument.Name}` | {Type(argument.Value)} | {(required.Contains(argument.Name) ? "yes" : "")} | {Meaning(argument.Value)} |\n");
        }

        text.Append('\n');
    }

    private static string Type(JsonElement schema) => schema.GetProperty("type").GetString() switch
    {
        "array" => $"list of {Type(schema.GetProperty("items"))}",
        "string" when schema.TryGetProperty("enum", out var words) =>
            string.Join(" / ", words.EnumerateArray().Select(word => $"`{word.GetString()}`")),
        "object" => string.Concat("{", string.Join(", ", schema.GetProperty("properties").EnumerateObject().Select(member => member.Name)), "}"),
        "string" => "text",
        "boolean" => "true / false",
        var type => type!,
    };

    private static string Meaning(JsonElement schema) =>
        schema.TryGetProperty("description", out var words) ? words.GetString()!.Replace("|", "\\|", StringComparison.Ordinal) : "";

    // The shape of a result in one line: members, lists in brackets, no types where a name says enough.
    private static string Shape(JsonElement schema) => $"`{Members(schema)}`";

    private static string Members(JsonElement schema)
    {
        if (schema.TryGetProperty("items", out var items))
        {
            return $"[{Members(items)}]";
        }

        return schema.TryGetProperty("properties", out var members)
            ? "{" + string.Join(", ", members.EnumerateObject().Select(Member)) + "}"
            : "";
    }

    private static string Member(JsonProperty member)
    {
        var inner = Members(member.Value);
        return inner.Length == 0 ? member.Name : $"{member.Name}{inner}";
    }

    private static string Kind(ManifestTool tool) => tool.Rule.Effect == Effect.Write ? "write" : "read";

    private static string Scope(string? scope) => scope is null ? "any agent" : $"`{scope}`";

    private static string AlsoNeeds(ManifestTool tool) =>
        string.Join(", ", tool.Rule.AlsoNeeds.Select(also => $"`{also.Argument}` needs `{also.Scope}`"));

    private static string Hints(JsonElement annotations) => string.Join(", ", annotations.EnumerateObject()
        .Where(hint => hint.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        .Select(hint => $"`{hint.Name}` {hint.Value.ToString().ToLowerInvariant()}"));
}
