using System.Text.Json;
using AgentGateway.Gateway.Accept;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Decide;

/// <summary>Reads the params of <c>tools/call</c>: strict where it decides, tolerant of members the protocol may add.</summary>
internal static class ToolCallReader
{
    private static readonly JsonElement NoArguments = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary>Null when the params are malformed; <paramref name="fault"/> then says how.</summary>
    public static ToolCall? Read(McpMessage message, out string fault)
    {
        fault = "";
        var call = message.Params;
        if (call.ValueKind != JsonValueKind.Object
            || !call.TryGetProperty("name", out var name)
            || name.ValueKind != JsonValueKind.String)
        {
            fault = "params.name must be the name of a tool.";
            return null;
        }

        var arguments = call.TryGetProperty("arguments", out var given) ? given : NoArguments;
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            fault = "params.arguments must be an object.";
            return null;
        }

        return new ToolCall
        {
            Tool = name.GetString()!,
            Arguments = arguments,
            IdempotencyKey = arguments.TryGetProperty("idempotency_key", out var key) && key.ValueKind == JsonValueKind.String
                ? key.GetString()
                : null,
        };
    }
}
