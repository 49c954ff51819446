namespace AgentGateway.Tasker.SignIn;

/// <summary>Who may sign people in here, and where people are sent on to.</summary>
internal sealed record LaunchPartners
{
    /// <summary>PEM by issuer; empty: nobody signs in, the board is open and the pages on agents are closed.</summary>
    public IReadOnlyDictionary<string, string> PublicKeys { get; init; } = new Dictionary<string, string>();

    public Uri? LauncherUrl { get; init; }

    public Uri? ConsoleUrl { get; init; }

    /// <summary>PEM; signs the word with which the console lets a person in.</summary>
    public string? PrivateKey { get; init; }

    public bool SignInNeeded => PublicKeys.Count > 0;

    // A record prints its members; this one must not.
    public override string ToString() => nameof(LaunchPartners);
}
