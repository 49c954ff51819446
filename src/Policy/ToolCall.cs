using System.Text.Json;

namespace AgentGateway.Policy;

/// <summary>One tool call as the agent sent it: parsed once, strictly, and never read again from bytes.</summary>
public sealed record ToolCall
{
    public required string Tool { get; init; }

    /// <summary>The arguments object without <c>idempotency_key</c>'s meaning applied; members are exactly the agent's.</summary>
    public required JsonElement Arguments { get; init; }

    /// <summary>The agent's retry key (8–80 visible ASCII), or null when it sent none.</summary>
    public string? IdempotencyKey { get; init; }
}
