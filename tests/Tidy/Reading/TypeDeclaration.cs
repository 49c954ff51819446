namespace AgentGateway.Tidy.Reading;

/// <summary>A type as declared: its words before the name, where it stands and what it contains.</summary>
public sealed record TypeDeclaration
{
    public required string Kind { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Modifiers { get; init; }

    /// <summary>Parameters of the primary constructor.</summary>
    public required IReadOnlyList<string> Parameters { get; init; }

    public required IReadOnlyList<string> Bases { get; init; }

    public required bool HasSummary { get; init; }

    public required bool IsNested { get; init; }

    public required int Line { get; init; }

    public required IReadOnlyList<MemberDeclaration> Members { get; init; }

    public bool IsPublic => Modifiers.Contains("public");

    public bool IsPrivate => IsNested && !IsPublic && !Modifiers.Contains("internal");
}

/// <summary>A member with a body: a method, a constructor, an operator or a property.</summary>
public sealed record MemberDeclaration(string Name, bool IsConstructor, IReadOnlyList<string> Parameters, int Line, int Length);
