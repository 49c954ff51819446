using System.Collections.Frozen;

namespace AgentGateway.Policy;

/// <summary>What Policy decided of one call: a <see cref="Permit"/> or a <see cref="Denial"/>, nothing between.</summary>
public abstract class Decision
{
    private protected Decision()
    {
    }
}

/// <summary>Proof that Policy allowed exactly this call; only <see cref="RuleBook"/> can make one.</summary>
public sealed class Permit : Decision
{
    internal Permit(Authority authority, ToolRule rule, ToolCall call, IReadOnlyList<Grant> projects, CardKey? card)
    {
        Authority = authority;
        Rule = rule;
        Call = call;
        Projects = projects;
        Card = card;
        Scopes = projects switch
        {
            [] => [],
            [var only] => only.Scopes,
            _ => projects.Skip(1).Aggregate(projects[0].Scopes.AsEnumerable(), (all, grant) => all.Intersect(grant.Scopes))
                .ToFrozenSet(StringComparer.Ordinal),
        };
    }

    public Authority Authority { get; }

    public ToolRule Rule { get; }

    public ToolCall Call { get; }

    /// <summary>The granted projects this call may touch; never more than the agent's grants.</summary>
    public IReadOnlyList<Grant> Projects { get; }

    /// <summary>The addressed card, when the tool addresses one.</summary>
    public CardKey? Card { get; }

    /// <summary>Scopes the agent holds on every project of this call; Tasker checks them again.</summary>
    public FrozenSet<string> Scopes { get; }

    /// <summary>The same in order, joined by spaces.</summary>
    public string ScopeText => Projects is [var only] ? only.ScopeText : string.Join(' ', Scopes.Order(StringComparer.Ordinal));
}

/// <summary>A refusal with the deciding reason and a sentence that says what to do next.</summary>
public sealed class Denial(Reason reason, string detail, IReadOnlyList<ArgumentProblem> errors) : Decision
{
    public Denial(Reason reason)
        : this(reason, reason.Detail, [])
    {
    }

    public Denial(Reason reason, string detail)
        : this(reason, detail, [])
    {
    }

    public Reason Reason { get; } = reason;

    public string Detail { get; } = detail;

    public IReadOnlyList<ArgumentProblem> Errors { get; } = errors;

    /// <summary>What decided; null when nothing was checked, only not possible now.</summary>
    public Check? Check { get; init; }

    /// <summary>How long to wait before the same call can be admitted; null when waiting is not the answer.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>As headers and results say it: whole seconds, never too few.</summary>
    public int? RetryAfterSeconds => RetryAfter is { } wait ? Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) : null;
}

/// <summary>One argument that does not hold, with the fix in words and at most five candidates.</summary>
public sealed record ArgumentProblem(string Argument, string Message, IReadOnlyList<string> Candidates)
{
    public ArgumentProblem(string argument, string message)
        : this(argument, message, [])
    {
    }
}

/// <summary>What a call is asked, in this order; the first that fails decides, and none after it is asked.</summary>
public enum Check
{
    /// <summary>The token is known, not revoked and has not run out.</summary>
    Token,

    /// <summary>The owner may have agents.</summary>
    Entitlement,

    /// <summary>The agent is neither suspended nor revoked.</summary>
    Agent,

    /// <summary>The tool exists.</summary>
    Tool,

    /// <summary>The agent's mode allows the tool's effect.</summary>
    Mode,

    /// <summary>The arguments fit the tool's contract.</summary>
    Arguments,

    /// <summary>The work session it is about is there; in mode reporting, the card is one of an open session.</summary>
    Session,

    /// <summary>The call names projects, and each is granted.</summary>
    Project,

    /// <summary>Each of these grants holds the scopes the call needs.</summary>
    Scope,

    /// <summary>Further cards lie in the same project.</summary>
    Cards,

    /// <summary>The agent stays within its rates and its calls at once.</summary>
    Rate,
}

/// <summary>The words for checks that answers, pages and the command line share.</summary>
public static class Checks
{
    public static string Word(this Check check) => check switch
    {
        Check.Token => "token",
        Check.Entitlement => "entitlement",
        Check.Agent => "agent",
        Check.Tool => "tool",
        Check.Mode => "mode",
        Check.Arguments => "arguments",
        Check.Session => "session",
        Check.Project => "project",
        Check.Scope => "scope",
        Check.Cards => "cards",
        Check.Rate => "rate",
        _ => throw new InvalidOperationException($"No word for the check {check}."),
    };
}
