using System.Text.Json;
using AgentGateway.Policy.Sessions;

namespace AgentGateway.Policy;

/// <summary>One tool call as the agent sent it: parsed once, strictly, and never read again from bytes.</summary>
public sealed record ToolCall
{
    public required string Tool { get; init; }

    /// <summary>The arguments object without <c>idempotency_key</c>'s meaning applied; members are exactly the agent's.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>The agent's retry key (8–80 visible ASCII), or null when it sent none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>What the gateway found of the work session a call of a session tool is about; the agent cannot set it.</summary>
    public SessionFinding? Session { get; init; }

    /// <summary>A text argument; null when there is none.</summary>
    internal string? Text(string argument) =>
        Arguments.TryGetProperty(argument, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>Whether the argument is there and not an empty list.</summary>
    internal bool Has(string argument) => Arguments.TryGetProperty(argument, out var value)
        && (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > 0);
}
