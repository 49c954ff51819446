namespace AgentGateway.Transforms.Request;

/// <summary>One request to Tasker, complete but for what every request gets: destination, token and identity headers.</summary>
public sealed record AdapterRequest
{
    public required string Method { get; init; }

    /// <summary>Absolute path; ASCII, needs no escaping by construction.</summary>
    public required string Path { get; init; }

    /// <summary>Empty, or with its question mark, escaped.</summary>
    public required string Query { get; init; }

    public required string? IfMatch { get; init; }

    /// <summary>UTF-8 JSON, or null for a request without a body.</summary>
    public required byte[]? Body { get; init; }
}
