using AgentGateway.Canon.SignIn;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Tasker.SignIn;

/// <summary>Who may sign people in here, and where people are sent on to.</summary>
internal sealed record LaunchPartners
{
    /// <summary>None: nobody signs in, the board is open and the pages on agents are closed.</summary>
    public IReadOnlyList<TrustedIssuer> Trusted { get; init; } = [];

    public Uri? LauncherUrl { get; init; }

    public Uri? ConsoleUrl { get; init; }

    /// <summary>Signs the word with which the console lets a person in.</summary>
    public ECDsaSecurityKey? PrivateKey { get; init; }

    public bool SignInNeeded => Trusted.Count > 0;

    // A record prints its members; this one must not.
    public override string ToString() => nameof(LaunchPartners);
}
