using AgentGateway.Gateway.Authenticate;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Commands.Explain;

/// <summary>What an operator reads about a check: what it saw, and what would let the call through.</summary>
internal static class Sentences
{
    public const string Final = "Nothing: the agent is revoked for good. Create a new one.";

    public static string Passed(Check check, Authority authority, ToolRule? rule, Permit? permit) => check switch
    {
        Check.Tool => rule is null ? "" : $"{(rule.Effect == Effect.Write ? "writes" : "reads")}, needs {rule.Scope ?? "no scope"}",
        Check.Mode => AgentModes.Word(authority.Agent.Mode),
        Check.Project when permit is not null => string.Join(", ", permit.Projects.Select(project => project.Key)),
        Check.Scope when permit is not null => string.Join(", ", permit.Scopes.Order(StringComparer.Ordinal)),
        _ => "",
    };

    public static string Allow(Authentication.Refused refused, AuthorityRow row) => refused.Check switch
    {
        Check.Agent => row.AgentStatus == "revoked" ? Final : "Resume the agent.",
        Check.Token => "Issue or rotate a token for the agent.",
        Check.Entitlement => $"Let the Launcher enable codex_agents for {row.Authority.Agent.OwnerId}, or unblock them.",
        _ => refused.Reason.Hint,
    };

    public static string Allow(Denial denial, Authority authority, ToolRule? rule) => denial.Check switch
    {
        Check.Tool => "Use a tool of the manifest; gateway routes lists them.",
        Check.Mode => "Set the agent's mode to full.",
        Check.Session when denial.Reason == Reasons.OutsideSession => "Let the agent start a session on the card, or set its mode to full.",
        Check.Arguments => string.Join("; ", denial.Errors.Select(error => $"{error.Argument} {error.Message}")) + ".",
        Check.Project => $"Name a granted project or grant it; granted now: {Granted(authority)}.",
        Check.Scope => Grant(denial, rule),
        _ => denial.Reason.Hint,
    };

    private static string Granted(Authority authority) => authority.Grants.Count == 0
        ? "none"
        : string.Join(", ", authority.Grants.Select(grant => grant.Key));

    private static string Grant(Denial denial, ToolRule? rule)
    {
        var scopes = rule is null ? [] : rule.AlsoNeeds.Select(also => also.Scope).Append(rule.Scope).OfType<string>();
        var missing = scopes.FirstOrDefault(scope => denial.Detail.Contains($" {scope} ", StringComparison.Ordinal));
        var bundle = Bundles.ByName.Where(named => missing is not null && named.Value.Contains(missing))
            .OrderBy(named => named.Value.Count).Select(named => named.Key).FirstOrDefault();
        return bundle is null
            ? "Grant the scope in this project."
            : $"Grant {missing} in this project; the smallest bundle with it is {bundle}.";
    }
}
