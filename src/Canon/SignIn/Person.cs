namespace AgentGateway.Canon.SignIn;

/// <summary>What a signed-in person may see: their own agents, everything and change it, or everything and change nothing.</summary>
public enum Role
{
    Owner,
    Admin,
    Reviewer,
}

/// <summary>Who sits at the browser, in the words of the application that signed them in.</summary>
public sealed record Person(string Id, string Name, Role Role, string? Client = null);
