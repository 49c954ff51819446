namespace AgentGateway.Console.Review;

/// <summary>One check of a hypothetical call: <c>pass</c>, <c>fail</c>, <c>not_reached</c> or <c>unknown</c>.</summary>
public sealed record ExplainedCheck(string Check, string Outcome, string Note)
{
    public string Tone => Outcome switch { "pass" => "good", "fail" => "late", "unknown" => "soon", _ => "quiet" };
}

/// <summary>What the gateway would say to a call, and which check decides.</summary>
public sealed record Explanation(
    bool Allowed, string Agent, string Tool, string? DecidedBy, string? Code, string? Detail, string? Allow,
    IReadOnlyList<ExplainedCheck> Checks);

/// <summary>What somebody asks about, as the form has it.</summary>
public sealed record Question
{
    private const int LongestWord = 200;
    private const int LongestArguments = 20_000;

    public string? Agent { get; init; }

    public string? Tool { get; init; }

    public string? Project { get; init; }

    public string? Card { get; init; }

    public string? Arguments { get; init; }

    public bool IsAsked => Agent is not null && Tool is not null;

    public static Question Read(IFormCollection form)
    {
        string? Word(string name, int longest = LongestWord) =>
            form[name] is [{ } word] && word.Trim() is { Length: > 0 } text && text.Length <= longest && !text.Contains('\0') ? text : null;
        return new Question
        {
            Agent = Word("agent"),
            Tool = Word("tool"),
            Project = Word("project"),
            Card = Word("card"),
            Arguments = Word("arguments", LongestArguments),
        };
    }
}
