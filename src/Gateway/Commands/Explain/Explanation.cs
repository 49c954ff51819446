using System.Text.Json;
using System.Text.Json.Serialization;

namespace AgentGateway.Gateway.Commands.Explain;

/// <summary>How one check went; what lies behind the deciding one was not asked.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckOutcome>))]
internal enum CheckOutcome
{
    [JsonStringEnumMemberName("pass")]
    Pass,

    [JsonStringEnumMemberName("fail")]
    Fail,

    [JsonStringEnumMemberName("not_reached")]
    NotReached,

    /// <summary>It cannot be answered from here; the note says why.</summary>
    [JsonStringEnumMemberName("unknown")]
    Unknown,
}

/// <summary>One check of a call with what it looked at.</summary>
internal sealed record ExplainedCheck(string Check, CheckOutcome Outcome, string Note);

/// <summary>What became of a hypothetical call and why; nothing was sent and nothing written.</summary>
internal sealed record Explanation
{
    public required bool Allowed { get; init; }

    public required string Agent { get; init; }

    public required string Tool { get; init; }

    /// <summary>The deciding check; null when it is allowed.</summary>
    public string? DecidedBy { get; init; }

    /// <summary>The code the agent would read.</summary>
    public string? Code { get; init; }

    public string? Detail { get; init; }

    /// <summary>What would allow it.</summary>
    public string? Allow { get; init; }

    public required IReadOnlyList<ExplainedCheck> Checks { get; init; }

    public string ToText()
    {
        var lines = Checks.Select(check => $"  {Mark(check.Outcome),-12}  {check.Check,-12}  {check.Note}".TrimEnd());
        var verdict = Allowed
            ? $"Allowed: {Agent} may call {Tool} so."
            : $"Refused: {Agent}, {Tool}: {Code}, decided by {DecidedBy}. {Detail}\nTo allow it: {Allow}";
        return $"{string.Join('\n', lines)}\n\n{verdict}";
    }

    private static string Mark(CheckOutcome outcome) => outcome switch
    {
        CheckOutcome.Pass => "pass",
        CheckOutcome.Fail => "FAIL",
        CheckOutcome.NotReached => "not reached",
        _ => "unknown",
    };
}

/// <summary>Writes it for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(Explanation))]
internal sealed partial class ExplanationJson : JsonSerializerContext
{
    public static string Write(Explanation explanation) => JsonSerializer.Serialize(explanation, Default.Explanation);
}
