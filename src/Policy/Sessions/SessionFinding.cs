using System.Text.Json;

namespace AgentGateway.Policy.Sessions;

/// <summary>What a tool does with a work session.</summary>
public enum SessionStep
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Begins one on the card it names.</summary>
    Open,

    /// <summary>Reports on an open one.</summary>
    Report,

    /// <summary>Ends one.</summary>
    Close,
}

/// <summary>The session a call is about, as the gateway found it before the decision; nothing of it is believed from the agent.</summary>
public sealed record SessionFinding
{
    /// <summary>Why the call cannot go on; null: it can.</summary>
    public Reason? Fault { get; init; }

    /// <summary>Which argument is at fault, when one is.</summary>
    public ArgumentProblem? Problem { get; init; }

    /// <summary>Empty beside a <see cref="Fault"/>.</summary>
    public Guid Id { get; init; }

    /// <summary>Project of the session's card; empty for one that only begins.</summary>
    public Guid ProjectId { get; init; }

    /// <summary>Number of the session's card; 0 for one that only begins.</summary>
    public int Number { get; init; }

    /// <summary>What the manifest's mapping may read as <c>$permit.session.…</c>: goal, plan, report, times.</summary>
    public JsonElement State { get; init; }

    /// <summary>The stale session of another agent that ends when this one begins.</summary>
    public Guid? TakesOver { get; init; }

    /// <summary>The call that this one says again: it gets that one's outcome.</summary>
    public RepeatedCall? Repeats { get; init; }

    public static SessionFinding Refused(Reason fault, ArgumentProblem? problem = null) => new() { Fault = fault, Problem = problem };
}

/// <summary>An earlier call of the same agent, by its key and its fingerprint.</summary>
public sealed record RepeatedCall(string Key, byte[] Fingerprint);

/// <summary>An open work session, as authority: in mode <c>reporting</c> its card is the only one that may be changed.</summary>
public sealed record OpenSession(Guid Id, Guid ProjectId, int Number, string Card, string Goal, DateTimeOffset StartedAt);
