namespace AgentGateway.Tasker.Members;

/// <summary>A member of the workspace, and what they are in the project in question.</summary>
internal sealed record Person
{
    public const int Guest = 5;
    public const int Member = 15;
    public const int Admin = 20;

    public Guid Id { get; init; }

    public string Handle { get; init; } = "";

    public string Name { get; init; } = "";

    public string Email { get; init; } = "";

    public bool IsBot { get; init; }

    public short Role { get; init; }

    /// <summary>Null when the person is in no project in question, or not in that one.</summary>
    public short? ProjectRole { get; init; }

    /// <summary>Somebody took the person out of the project, or switched the membership off.</summary>
    public bool WasRemoved { get; init; }

    public string FoldedHandle { get; init; } = "";

    public string FoldedName { get; init; } = "";

    public bool InProject => ProjectRole is not null;

    public bool Assignable => ProjectRole >= Member && !IsBot;
}

/// <summary>A person as the adapter shows them: the address is masked, because agents need to tell people apart, not to write to them.</summary>
internal sealed record MemberView(
    Guid Id, string Handle, string Name, string? EmailHint, string Role, bool IsBot, bool InProject, bool Assignable)
{
    public static MemberView Of(Person person) => new(
        person.Id, person.Handle, person.Name, Mask(person.Email), RoleName(person.ProjectRole ?? person.Role),
        person.IsBot, person.InProject, person.Assignable);

    public static string RoleName(short role) => role switch
    {
        Person.Admin => "admin",
        Person.Member => "member",
        _ => "guest",
    };

    private static string? Mask(string email) =>
        email.IndexOf('@', StringComparison.Ordinal) is > 0 and var at ? $"{email[0]}***{email[at..]}" : null;
}
