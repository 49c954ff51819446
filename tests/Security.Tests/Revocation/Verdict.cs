namespace AgentGateway.Security.Tests.Revocation;

/// <summary>What one takeaway let through; everything but <see cref="Before"/> must be nothing.</summary>
internal sealed record Verdict
{
    public required string What { get; init; }

    /// <summary>Admissions before the call returned; without any the race proves nothing.</summary>
    public required long Before { get; init; }

    /// <summary>Admissions that became visible after the call had returned.</summary>
    public required long Admitted { get; init; }

    /// <summary>Calls begun after the return and answered with success all the same.</summary>
    public required int Succeeded { get; init; }

    /// <summary>Tools that arrived at Tasker after a call which answered that nothing was on its way any more.</summary>
    public required IReadOnlyList<string> Arrived { get; init; }

    /// <summary>Null when the call does not say.</summary>
    public required bool? Drained { get; init; }

    public required TimeSpan Took { get; init; }

    public bool IsClean => Admitted == 0 && Succeeded == 0 && Arrived.Count == 0;
}
