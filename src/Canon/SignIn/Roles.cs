namespace AgentGateway.Canon.SignIn;

/// <summary>The words of the roles in tokens and pages.</summary>
public static class Roles
{
    public static string Word(Role role) => role switch
    {
        Role.Owner => "owner",
        Role.Admin => "admin",
        _ => "reviewer",
    };

    public static Role? Of(string? word) => word switch
    {
        "owner" => Role.Owner,
        "admin" => Role.Admin,
        "reviewer" => Role.Reviewer,
        _ => null,
    };
}
