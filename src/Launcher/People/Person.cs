namespace AgentGateway.Launcher.People;

/// <summary>A person, and whether they are blocked everywhere.</summary>
internal sealed record Person(
    Guid Id, string Email, string DisplayName, bool IsOperator, bool Blocked, string BlockedReason, DateTime CreatedAt);

/// <summary>A page of people, in the order of their ids.</summary>
internal sealed record PersonPage(IReadOnlyList<Person> Users, Guid? NextCursor);

/// <summary>A company whose people work here.</summary>
internal sealed record Client(string Id, string Name, DateTime CreatedAt);

/// <summary>The clients the acting person belongs to; an operator's are all.</summary>
internal sealed record ClientList(IReadOnlyList<Client> Clients);

/// <summary>A part of a client's landscape and the modules it holds.</summary>
internal sealed record Contour(string Id, string Name, string[] Modules);

/// <summary>All contours of a client.</summary>
internal sealed record ContourList(IReadOnlyList<Contour> Contours);

/// <summary>A person's place in a client.</summary>
internal sealed record Member(Guid UserId, string DisplayName, string Role, bool Blocked)
{
    public const string Root = "root";
    public const string Admin = "admin";
    public const string Plain = "member";
}

/// <summary>Everyone who belongs to a client.</summary>
internal sealed record MemberList(IReadOnlyList<Member> Members);
