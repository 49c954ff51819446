namespace AgentGateway.Console.Review;

/// <summary>One thing that is not as it was sealed.</summary>
public sealed record VerifyFinding(string Kind, long? Checkpoint, long? Sequence, string Message);

/// <summary>What the gateway's verification of the whole audit found.</summary>
public sealed record VerifyReport(
    bool Ok, long Rows, long Sealed, long Unsealed, long Checkpoints, double Seconds, long FindingCount,
    IReadOnlyList<VerifyFinding> Findings, IReadOnlyList<string> Notices);

/// <summary>How far a verification is: running with the rows seen so far, or ended with a report or a fault.</summary>
public sealed record VerifyState(
    DateTimeOffset StartedAt, string StartedBy, string Progress, bool IsRunning, VerifyReport? Report, string? Fault);
