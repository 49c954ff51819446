using AgentGateway.Policy;

namespace AgentGateway.Transforms.Response;

/// <summary>What an arrival means for the call.</summary>
public enum AnswerKind
{
    /// <summary>Done, and the result may be shown.</summary>
    Done,

    /// <summary>Refused for good: Tasker says that nothing was changed and that repeating will not help.</summary>
    Refused,

    /// <summary>Not done, and the same call may succeed later.</summary>
    NotDone,

    /// <summary>Nobody can say whether it was done.</summary>
    Unknown,
}

/// <summary>An arrival, checked and mapped; <see cref="Result"/> is what the agent gets to read.</summary>
public sealed record Answer
{
    public required AnswerKind Kind { get; init; }

    /// <summary>Null when done.</summary>
    public Reason? Reason { get; init; }

    /// <summary>UTF-8 JSON object: the tool's result or the refusal.</summary>
    public required byte[] Result { get; init; }

    public int? Status { get; init; }

    /// <summary>For operators: what was wrong with the answer; never shown to the agent.</summary>
    public string Fault { get; init; } = "";
}
