using System.Text.Json.Serialization;

namespace AgentGateway.Launcher.Web;

/// <summary>What is wrong with one member of a request.</summary>
internal sealed record FieldError(string Pointer, string Message);

/// <summary>A refusal (RFC 9457), with a code that never changes its meaning.</summary>
internal sealed record Problem
{
    public string Type => "urn:nodedc:problem:" + Code;

    public required string Title { get; init; }

    public required int Status { get; init; }

    public required string Code { get; init; }

    public required string Detail { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }

    public string RequestId { get; init; } = "";
}

/// <summary>Carries a refusal out of an operation, so that its transaction is rolled back on the way.</summary>
internal sealed class RefusalException(Problem problem) : Exception(problem.Detail)
{
    public Problem Problem { get; } = problem;
}
