namespace AgentGateway.Tasker.SignIn;

/// <summary>A signed-in person as Tasker knows them at this very request.</summary>
public sealed record Member
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>Where the person belongs now, by name; never empty.</summary>
    public required IReadOnlyList<Membership> Workspaces { get; init; }

    /// <summary>Whether the person may change anything; reviewers may not.</summary>
    public required bool MayChange { get; init; }

    public Membership? Workspace(string? slug) => Workspaces.FirstOrDefault(one => one.Slug == slug);
}

/// <summary>A workspace and what the person is in it.</summary>
public sealed record Membership
{
    public Guid Id { get; init; }

    public string Slug { get; init; } = "";

    public string Name { get; init; } = "";

    /// <summary>The master switch: off refuses every call of every agent.</summary>
    public bool AgentsEnabled { get; init; }

    public bool IsAdmin { get; init; }
}
