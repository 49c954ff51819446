using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>One tool output exactly as Codex gives it to the model, and the data in it.</summary>
internal sealed partial record ToolAnswer
{
    private ToolAnswer(string text, IReadOnlyList<string> names)
    {
        Text = text;
        Data = FindData(text);
        ToolNames = names;
    }

    public string Text { get; }

    /// <summary>The structured result, else the JSON in the text, else null.</summary>
    public JsonNode? Data { get; }

    /// <summary>The names of tools in the answer to a search.</summary>
    public IReadOnlyList<string> ToolNames { get; }

    public override string ToString() => Text;

    /// <summary>The answer to one call of the model; null while a request to the model does not hold it.</summary>
    public static ToolAnswer? To(string call, JsonObject request) =>
        (request["input"] as JsonArray ?? []).OfType<JsonObject>()
            .Where(item => IsOutput(item) && (string?)item["call_id"] == call)
            .Select(Read).LastOrDefault();

    /// <summary>What a model that reads its offered tools, instead of asking for them, knows.</summary>
    public static ToolAnswer OfNames(IReadOnlyList<string> names) => new(string.Join(' ', names), names);

    /// <summary>The names of all tools in a tree of tools and namespaces.</summary>
    public static IEnumerable<string> NamesIn(JsonNode? tools) => tools switch
    {
        JsonArray list => list.SelectMany(NamesIn),
        JsonObject tool when (string?)tool["type"] == "namespace" => NamesIn(tool["tools"]),
        JsonObject tool => [(string?)tool["name"] ?? (string?)tool["type"] ?? ""],
        _ => [],
    };

    private static bool IsOutput(JsonObject item) => (string?)item["type"] is
        "function_call_output" or "custom_tool_call_output" or "tool_search_output" or "mcp_tool_call_output";

    private static ToolAnswer Read(JsonObject item)
    {
        var text = TextOf(item["output"] ?? item["tools"]);
        var answer = new ToolAnswer(text, [.. NamesIn(item["tools"])]);
        return answer.Data is JsonArray names && item["tools"] is null
            ? new ToolAnswer(text, [.. names.OfType<JsonValue>().Select(name => name.ToString())])
            : answer;
    }

    private static string TextOf(JsonNode? output) => output switch
    {
        null => "",
        JsonValue text when text.TryGetValue<string>(out var plain) => plain,
        JsonArray parts => string.Join('\n', parts.Select(part => (string?)part?["text"] ?? part?.ToJsonString() ?? "")),
        JsonObject holder when holder["content"] is { } content => TextOf(content),
        _ => output.ToJsonString(),
    };

    private static JsonNode? FindData(string text)
    {
        var parsed = Parse(text) ?? Parse(OutputHeading().Replace(text, "", 1));
        if (parsed is not JsonObject result || result["content"] is not JsonArray content)
        {
            return parsed;
        }

        // Code mode prints the whole MCP result.
        return result["structuredContent"] ?? Parse(TextOf(content)) ?? parsed;
    }

    private static JsonNode? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    // Codex puts a few lines about the run before the output proper.
    [GeneratedRegex(@"\A[\s\S]*?\nOutput:\n+")]
    private static partial Regex OutputHeading();
}
