using System.Text.Json.Nodes;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>Turns a step of the script into the output item a model would give in its tool mode.</summary>
internal static class ModelTurn
{
    /// <summary>Null when the model needs no turn: offered tools can be read from the request itself.</summary>
    public static JsonObject? Item(
        CodexStep step, string call, IReadOnlyList<ToolAnswer> answers, ToolMode mode, string server, JsonObject request) => step switch
        {
            { Say: { } words } => Message(call, words),
            { LookFor: { } words } => Look(call, words, mode, server),
            { Tool: { } tool } => Call(call, tool, step.Arguments(answers), mode, server, request),
            _ => throw new InvalidOperationException("A step of the script does nothing."),
        };

    /// <summary>The bare names of the server's tools that a request offers to the model.</summary>
    public static IReadOnlyList<string> OfferedTools(string server, JsonObject request) =>
        [.. Namespaces(server, request).SelectMany(space => ToolAnswer.NamesIn(space["tools"])).Distinct()];

    public static JsonObject Message(string call, string words) => new()
    {
        ["type"] = "message",
        ["role"] = "assistant",
        ["id"] = "msg_" + call,
        ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = words }),
    };

    private static JsonObject Call(string call, string tool, JsonObject arguments, ToolMode mode, string server, JsonObject request)
    {
        if (mode == ToolMode.Code)
        {
            return Script(call, $"text(await tools.mcp__{server}__{tool}({arguments.ToJsonString()}))");
        }

        return new JsonObject
        {
            ["type"] = "function_call",
            ["id"] = "fc_" + call,
            ["call_id"] = call,
            ["namespace"] = NamespaceOf(tool, server, request) ?? $"mcp__{server}",
            ["name"] = tool,
            ["arguments"] = arguments.ToJsonString(),
        };
    }

    private static JsonObject? Look(string call, string words, ToolMode mode, string server) => mode switch
    {
        ToolMode.Search => new JsonObject
        {
            ["type"] = "tool_search_call",
            ["id"] = "ts_" + call,
            ["call_id"] = call,
            ["execution"] = "client",
            ["arguments"] = new JsonObject { ["query"] = words, ["limit"] = 100 },
        },
        ToolMode.Code => Script(
            call, $"text(ALL_TOOLS.map(t => t.name).filter(n => n.startsWith('mcp__{server}__')).map(n => n.slice({server.Length + 7})))"),
        ToolMode.Direct => null,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    private static JsonObject Script(string call, string source) => new()
    {
        ["type"] = "custom_tool_call",
        ["id"] = "ct_" + call,
        ["call_id"] = call,
        ["name"] = "exec",
        ["input"] = source,
    };

    private static string? NamespaceOf(string tool, string server, JsonObject request) => (string?)Namespaces(server, request)
        .FirstOrDefault(space => ToolAnswer.NamesIn(space["tools"]).Contains(tool))?["name"];

    private static IEnumerable<JsonObject> Namespaces(string server, JsonObject request) =>
        (request["tools"] as JsonArray ?? [])
            .Concat((request["input"] as JsonArray ?? []).SelectMany(item => item?["tools"] as JsonArray ?? []))
            .OfType<JsonObject>()
            .Where(tool => (string?)tool["type"] == "namespace" && ((string?)tool["name"])?.Contains(server, StringComparison.Ordinal) == true);
}
