using AgentGateway.Canon.Pages;
using AgentGateway.Canon.SignIn;

namespace AgentGateway.Tasker.SignIn;

/// <summary>Signs a person on into the console, under the name and role they have here and no other.</summary>
internal sealed class ConsoleIssuer(LaunchPartners partners, TimeProvider clock)
{
    private readonly LaunchIssuer? _issuer = partners.PrivateKey is { } key ? new LaunchIssuer("tasker", key, clock) : null;

    public static bool IsPossible(LaunchPartners partners) => partners is { PrivateKey: not null, ConsoleUrl: not null };

    /// <summary>Null: no console is configured.</summary>
    public Launch? Launch(Person person, string title) =>
        _issuer is { } issuer && partners.ConsoleUrl is { } console ? new Launch(title, console, issuer.Issue("console", person)) : null;
}
