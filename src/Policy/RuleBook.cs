using System.Collections.Frozen;
using AgentGateway.Policy.Sessions;

namespace AgentGateway.Policy;

/// <summary>Decides each call from authority and rules alone: pure, closed, denying whatever no rule allows.</summary>
public sealed class RuleBook(IEnumerable<ToolRule> rules)
{
    private const string ProjectArgument = "project";
    private const string CardArgument = "card";
    private readonly FrozenDictionary<string, ToolRule> _rules = rules.ToFrozenDictionary(rule => rule.Tool, StringComparer.Ordinal);

    public IEnumerable<ToolRule> Rules => _rules.Values;

    public Decision Decide(Authority authority, ToolCall call)
    {
        if (!_rules.TryGetValue(call.Tool, out var rule))
        {
            return Deny(Check.Tool, Reasons.UnknownTool);
        }

        if (ModeForbids(authority.Agent.Mode, rule) is { } forbidden)
        {
            return Deny(Check.Mode, forbidden);
        }

        if (call.IdempotencyKey is { } key && key.AsSpan().ContainsAnyExceptInRange('!', '~'))
        {
            return Invalid([new ArgumentProblem("idempotency_key", "must be 8 to 80 visible ASCII characters without spaces")]);
        }

        // The contract lists project as required; with exactly one grant there is nothing to choose.
        var problems = rule.CheckArguments(call.Arguments);
        return problems.Count == 0 || OnlyTheProjectIsMissing(problems) ? Address(authority, rule, call) : Invalid(problems);
    }

    /// <summary>Whether <c>tools/list</c> shows the tool: some grant could make a call of it succeed.</summary>
    public static bool IsCallable(Authority authority, ToolRule rule) =>
        ModeForbids(authority.Agent.Mode, rule) is null
        && (rule.Scope is null || authority.Grants.Any(grant => grant.Scopes.Contains(rule.Scope)));

    public static Reason? ModeForbids(AgentMode mode, ToolRule rule) =>
        mode == AgentMode.ReadOnly && rule.Effect == Effect.Write ? Reasons.ReadOnlyMode
        : SessionRule.ForbidsTool(mode, rule) ? Reasons.OutsideSession
        : null;

    private static bool OnlyTheProjectIsMissing(IReadOnlyList<ArgumentProblem> problems) =>
        problems is [{ Argument: ProjectArgument, Message: "is required" }];

    private static Denial Deny(Check check, Reason reason) => new(reason) { Check = check };

    private static Denial Invalid(IReadOnlyList<ArgumentProblem> problems, Check check = Check.Arguments) =>
        new(Reasons.ValidationFailed, $"{problems[0].Argument}: {problems[0].Message}.", problems) { Check = check };

    private static Decision Address(Authority authority, ToolRule rule, ToolCall call)
    {
        IReadOnlyList<Grant> projects;
        switch (rule.Addressing)
        {
            case Addressing.None:
                projects = [];
                break;
            case Addressing.Card:
                return AddressCard(authority, rule, call);
            case Addressing.Project:
                var named = call.Text(ProjectArgument);
                if (named is null)
                {
                    if (authority.Grants.Count != 1)
                    {
                        ArgumentProblem choose = new(ProjectArgument, "is required", authority.Keys());
                        return new Denial(Reasons.ProjectRequired, Reasons.ProjectRequired.Detail, [choose]) { Check = Check.Project };
                    }

                    projects = [authority.Grants[0]];
                    break;
                }

                if (Named(authority, named, out projects) is { } unknown)
                {
                    return unknown;
                }

                break;
            case Addressing.Granted:
                projects = [.. authority.Grants.Where(grant => rule.Scope is null || grant.Scopes.Contains(rule.Scope))];
                if (call.Text(ProjectArgument) is { } one && Named(authority, one, out projects) is { } refused)
                {
                    return refused;
                }

                break;
            case Addressing.Session:
                return AddressSession(authority, rule, call);
            default:
                throw new InvalidOperationException($"No addressing {rule.Addressing}.");
        }

        return Authorize(authority, rule, call, projects, card: null);
    }

    private static Decision AddressCard(Authority authority, ToolRule rule, ToolCall call)
    {
        if (!CardKey.TryParse(call.Text(CardArgument), out var key))
        {
            return Invalid([new ArgumentProblem(CardArgument, "must be a card key such as \"NDC-12\"")]);
        }

        return authority.ByPrefix(key) is not { } home ? Deny(Check.Project, Reasons.ProjectNotGranted)
            : SessionRule.ForbidsCard(authority, rule, home, key.Number)
            ?? Authorize(authority, rule, call, [home], key with { Prefix = home.Key });
    }

    private static Decision AddressSession(Authority authority, ToolRule rule, ToolCall call) =>
        SessionRule.Forbids(rule, call)
        ?? (authority.ById(call.Session!.ProjectId) is { } home
            ? Authorize(authority, rule, call, [home], new CardKey(home.Key, call.Session.Number))
            : Deny(Check.Project, Reasons.ProjectNotGranted));

    private static Decision Authorize(
        Authority authority, ToolRule rule, ToolCall call, IReadOnlyList<Grant> projects, CardKey? card)
    {
        if (rule.Addressing == Addressing.Granted && projects.Count == 0)
        {
            return Lacks(rule.Scope!);
        }

        if (MissingScope(rule, call, projects) is { } scope)
        {
            return Lacks(scope);
        }

        foreach (var argument in rule.SameProjectCards)
        {
            if (call.Text(argument) is not { } text)
            {
                continue;
            }

            if (!CardKey.TryParse(text, out var other))
            {
                return Invalid([new ArgumentProblem(argument, "must be a card key such as \"NDC-12\"")], Check.Cards);
            }

            var home = authority.ByPrefix(other);
            if (home is null)
            {
                return Deny(Check.Cards, Reasons.ProjectNotGranted);
            }

            if (projects.Count != 1 || home.ProjectId != projects[0].ProjectId)
            {
                return Invalid([new ArgumentProblem(argument, "must be a card of the same project")], Check.Cards);
            }
        }

        // Who may not report in the project learns nothing of the sessions there.
        return SessionRule.Forbids(rule, call) as Decision ?? new Permit(authority, rule, call, projects, card);
    }

    private static string? MissingScope(ToolRule rule, ToolCall call, IReadOnlyList<Grant> projects)
    {
        var needed = rule.AlsoNeeds.Where(also => call.Has(also.Argument)).Select(also => also.Scope);
        if (rule.Scope is not null)
        {
            needed = needed.Prepend(rule.Scope);
        }

        return needed.FirstOrDefault(scope => projects.Any(project => !project.Scopes.Contains(scope)));
    }

    private static Denial Lacks(string scope) =>
        new(Reasons.ScopeMissing, $"The agent lacks the permission {scope} here.") { Check = Check.Scope };

    // Unknown and ungranted projects are the same refusal: an answer must not tell which names exist.
    private static Denial? Named(Authority authority, string text, out IReadOnlyList<Grant> projects)
    {
        projects = authority.Named(text.Trim());
        return projects.Count switch
        {
            1 => null,
            0 => Deny(Check.Project, Reasons.ProjectNotGranted),
            _ => new Denial(Reasons.AmbiguousName, "Several granted projects have this name.",
                [new ArgumentProblem(ProjectArgument, "use the key", [.. projects.Select(project => project.Key).Take(5)])])
            {
                Check = Check.Project,
            },
        };
    }
}
