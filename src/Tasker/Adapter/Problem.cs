using System.Text.Json.Serialization;
using AgentGateway.Tasker.Blocks;

namespace AgentGateway.Tasker.Adapter;

/// <summary>What is wrong with one member of a request, and what the caller may have meant.</summary>
internal sealed record FieldError(string Pointer, string Code, string Message)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Value { get; init; }

    /// <summary>At most five.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Candidates { get; init; }
}

/// <summary>A refusal as the gateway reads it (RFC 9457), with a code that never changes its meaning.</summary>
internal sealed record Problem
{
    public string Type => "urn:nodedc:problem:" + Code;

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Code { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    public bool Retryable { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hint { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CurrentRev { get; init; }

    [JsonPropertyName("retry_after_s"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RetryAfterSeconds { get; init; }

    /// <summary>The block as it is now, where that is what the caller needs to go on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Block? Current { get; init; }

    public string TraceId { get; init; } = "";
}

/// <summary>Carries a refusal out of an operation, so that its transaction is rolled back on the way.</summary>
internal sealed class RefusalException(Problem problem) : Exception(problem.Detail ?? problem.Title)
{
    public Problem Problem { get; } = problem;
}
