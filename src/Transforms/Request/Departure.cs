using AgentGateway.Policy;

namespace AgentGateway.Transforms.Request;

/// <summary>A permitted and admitted call on its way out; without one in the request's features nothing is forwarded.</summary>
public sealed record Departure
{
    /// <summary>The header that ties a rewritten request to its route; only the flow sets it.</summary>
    public const string ToolHeader = "X-NodeDC-Tool";

    public required Permit Permit { get; init; }

    public required AdapterRequest Request { get; init; }

    public required Guid RequestId { get; init; }

    /// <summary>HMAC of agent and key, constant over attempts; null for reads.</summary>
    public required string? DerivedKey { get; init; }

    /// <summary>Tasker refuses the call when it arrives later, by the database's clock.</summary>
    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>A short-lived JWT that says the same as the headers, when the gateway has a key for it.</summary>
    public required string? Assertion { get; init; }
}
