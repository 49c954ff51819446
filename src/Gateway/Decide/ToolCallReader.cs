using System.Text.Json;
using AgentGateway.Gateway.Accept;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Decide;

/// <summary>Reads the params of <c>tools/call</c>: strict where it decides, tolerant of members the protocol may add.</summary>
internal static class ToolCallReader
{
    private const string KeyArgument = "idempotency_key";

    private static readonly JsonElement NoArguments = JsonDocument.Parse("{}").RootElement.Clone();

    /// <summary>Of a message that Accept let in: it has checked that these members have their types.</summary>
    public static ToolCall Read(McpMessage message)
    {
        var arguments = message.Params.TryGetProperty("arguments", out var given) ? given : NoArguments;
        return new ToolCall
        {
            Tool = message.Params.GetProperty("name").GetString()!,
            Arguments = arguments,
            IdempotencyKey = KeyOf(arguments),
        };
    }

    /// <summary>Null when there is none, or one that the contract will refuse.</summary>
    public static string? KeyOf(JsonElement arguments) =>
        arguments.TryGetProperty(KeyArgument, out var key) && key.ValueKind == JsonValueKind.String ? key.GetString() : null;
}
