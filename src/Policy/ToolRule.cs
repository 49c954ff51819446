using AgentGateway.Policy.Sessions;

namespace AgentGateway.Policy;

/// <summary>Whether a call changes anything: only a <see cref="Write"/> takes an idempotency key and a durable settlement.</summary>
public enum Effect
{
    Read,
    Write,
}

/// <summary>Where a call's projects come from; nothing else in the call can name one.</summary>
public enum Addressing
{
    /// <summary>The call touches no project.</summary>
    None,

    /// <summary>The <c>project</c> argument: a granted key, exact name or id; optional with exactly one grant.</summary>
    Project,

    /// <summary>The prefix of the <c>card</c> argument.</summary>
    Card,

    /// <summary>Every grant with the scope, or the one named by <c>project</c>.</summary>
    Granted,

    /// <summary>The card of the agent's work session, which the gateway looks up.</summary>
    Session,
}

/// <summary>Checks the arguments of one tool against its contract; empty when they hold.</summary>
public delegate IReadOnlyList<ArgumentProblem> ArgumentCheck(System.Text.Json.JsonElement arguments);

/// <summary>A second scope that a call needs when the named argument is present.</summary>
public sealed record ConditionalScope(string Argument, string Scope);

/// <summary>The reviewed rule of one tool, compiled from the manifest at start.</summary>
public sealed record ToolRule
{
    public required string Tool { get; init; }

    /// <summary>The scope the call needs on each project it touches; null: any valid agent.</summary>
    public required string? Scope { get; init; }

    public required Effect Effect { get; init; }

    public required Addressing Addressing { get; init; }

    /// <summary>True when the gateway answers by itself: no YARP route exists.</summary>
    public required bool Local { get; init; }

    public IReadOnlyList<ConditionalScope> AlsoNeeds { get; init; } = [];

    /// <summary>Arguments that name further cards; they must lie in the same project as the call.</summary>
    public IReadOnlyList<string> SameProjectCards { get; init; } = [];

    /// <summary>What the tool does with a work session.</summary>
    public SessionStep Session { get; init; }

    public required ArgumentCheck CheckArguments { get; init; }
}
