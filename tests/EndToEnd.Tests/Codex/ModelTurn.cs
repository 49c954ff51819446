using System.Text.Json.Nodes;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>Turns a step of the script into the output item a model would give in its tool mode.</summary>
internal sealed class ModelTurn(ToolMode mode, string server)
{
    /// <summary>Null when the model needs no turn: offered tools can be read from the request itself.</summary>
    public JsonObject? Item(CodexStep step, string call, IReadOnlyList<ToolAnswer> answers, JsonObject request) => step switch
    {
        { Say: { } words } => Message(call, words),
        { LookFor: { } words } => Look(call, words),
        { Tool: { } tool } => Call(call, tool, step.Arguments(answers), request),
        _ => throw new InvalidOperationException("A step of the script does nothing."),
    };

    /// <summary>The bare names of the server's tools that a request offers to the model.</summary>
    public IReadOnlyList<string> OfferedTools(JsonObject request) =>
        [.. Namespaces(request).SelectMany(space => ToolAnswer.NamesIn(space["tools"])).Distinct()];

    public static JsonObject Message(string call, string words) => new()
    {
        ["type"] = "message",
        ["role"] = "assistant",
        ["id"] = "msg_" + call,
        ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = words }),
    };

    private JsonObject Call(string call, string tool, JsonObject arguments, JsonObject request) => mode == ToolMode.Code
        ? Script(call, $"text(await tools.mcp__{server}__{tool}({arguments.ToJsonString()}))")
        : new JsonObject
        {
            ["type"] = "function_call",
            ["id"] = "fc_" + call,
            ["call_id"] = call,
            ["namespace"] = NamespaceOf(tool, request) ?? $"mcp__{server}",
            ["name"] = tool,
            ["arguments"] = arguments.ToJsonString(),
        };

    private JsonObject? Look(string call, string words) => mode switch
    {
        ToolMode.Search => new JsonObject
        {
            ["type"] = "tool_search_call",
            ["id"] = "ts_" + call,
            ["call_id"] = call,
            ["execution"] = "client",
            ["arguments"] = new JsonObject { ["query"] = words, ["limit"] = 100 },
        },
        ToolMode.Code => Script(call, $$"""
            const own = 'mcp__{{server}}__';
            text(ALL_TOOLS.map(tool => tool.name).filter(name => name.startsWith(own)).map(name => name.slice(own.length)))
            """),
        ToolMode.Direct => null,
        _ => throw new InvalidOperationException($"{mode} is no tool mode."),
    };

    private static JsonObject Script(string call, string source) => new()
    {
        ["type"] = "custom_tool_call",
        ["id"] = "ct_" + call,
        ["call_id"] = call,
        ["name"] = "exec",
        ["input"] = source,
    };

    private string? NamespaceOf(string tool, JsonObject request) => (string?)Namespaces(request)
        .FirstOrDefault(space => ToolAnswer.NamesIn(space["tools"]).Contains(tool))?["name"];

    private IEnumerable<JsonObject> Namespaces(JsonObject request) => (request["tools"] as JsonArray ?? [])
        .Concat((request["input"] as JsonArray ?? []).SelectMany(item => item?["tools"] as JsonArray ?? []))
        .OfType<JsonObject>()
        .Where(tool => (string?)tool["type"] == "namespace")
        .Where(tool => ((string?)tool["name"])?.Contains(server, StringComparison.Ordinal) == true);
}
