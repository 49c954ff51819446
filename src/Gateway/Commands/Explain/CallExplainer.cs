using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Decide;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Commands.Explain;

/// <summary>The most that Tasker lets any agent do in a project; null when it was not asked or did not say.</summary>
internal delegate Task<IReadOnlyCollection<string>?> TaskerCeiling(Authority authority, Grant project);

/// <summary>Runs a hypothetical call through the very rules that decide real ones, and says which check decided.</summary>
internal sealed class CallExplainer(Manifest manifest, bool requireEntitlement, TaskerCeiling ceiling)
{
    private const string Tasker = "tasker";

    private static readonly Check[] OfPolicy =
        [Check.Tool, Check.Mode, Check.Arguments, Check.Session, Check.Project, Check.Scope, Check.Cards];

    /// <param name="row">What the database has of the agent and the token.</param>
    /// <param name="call">What would be asked.</param>
    /// <param name="withArguments">False: the arguments are not given, so the contract is not asked about them.</param>
    public async Task<Explanation> ExplainAsync(AuthorityRow row, ToolCall call, bool withArguments)
    {
        var checks = Identity(row, requireEntitlement).ToList();
        if (TokenAuthenticator.Judge(row, requireEntitlement) is { } refused)
        {
            checks.AddRange(NotReached(OfPolicy));
            return Refuse(row, call, checks, refused.Check, new Denial(refused.Reason), Sentences.Allow(refused, row));
        }

        var rules = withArguments
            ? manifest.Rules
            : new RuleBook(manifest.Rules.Rules.Select(rule => rule with { CheckArguments = _ => [] }));
        var decision = rules.Decide(row.Authority, call);
        var denial = decision as Denial;
        foreach (var check in OfPolicy)
        {
            checks.Add(denial is null || check < denial.Check ? Passed(check, row.Authority, call, decision, withArguments)
                : check == denial.Check ? new ExplainedCheck(check.Word(), CheckOutcome.Fail, denial.Detail)
                : new ExplainedCheck(check.Word(), CheckOutcome.NotReached, ""));
        }

        if (denial is not null)
        {
            return Refuse(row, call, checks, denial.Check, denial, Sentences.Allow(denial, row.Authority, Rule(call)));
        }

        return await AskTaskerAsync(row, call, checks, (Permit)decision);
    }

    /// <summary>An agent whose token is not there: nothing else can be asked.</summary>
    public static Explanation WithoutToken(string agentId, string status, string tool) => new()
    {
        Allowed = false,
        Agent = agentId,
        Tool = tool,
        DecidedBy = Check.Token.Word(),
        Code = Reasons.Unauthenticated.Code,
        Detail = Reasons.Unauthenticated.Detail,
        Allow = status == "revoked" ? Sentences.Final : "Issue a token for the agent.",
        Checks =
        [
            new ExplainedCheck(Check.Token.Word(), CheckOutcome.Fail, "The agent has no token."),
            .. NotReached([Check.Entitlement, Check.Agent, .. OfPolicy]),
            new ExplainedCheck(Tasker, CheckOutcome.NotReached, ""),
            new ExplainedCheck(Check.Rate.Word(), CheckOutcome.NotReached, ""),
        ],
    };

    private async Task<Explanation> AskTaskerAsync(AuthorityRow row, ToolCall call, List<ExplainedCheck> checks, Permit permit)
    {
        var needed = new[] { permit.Rule.Scope }.OfType<string>()
            .Concat(permit.Rule.AlsoNeeds.Where(also => call.Arguments.TryGetProperty(also.Argument, out _)).Select(also => also.Scope));
        var known = true;
        foreach (var project in permit.Rule.Scope is null ? [] : permit.Projects)
        {
            var most = await ceiling(row.Authority, project);
            known &= most is not null;
            if (most is { Count: > 0 } && needed.FirstOrDefault(scope => !most.Contains(scope)) is { } missing)
            {
                var detail = $"In {project.Key} Tasker lets no agent have {missing}.";
                checks.Add(new ExplainedCheck(Tasker, CheckOutcome.Fail, detail));
                checks.Add(new ExplainedCheck(Check.Rate.Word(), CheckOutcome.NotReached, ""));
                return Refuse(
                    row, call, checks, null, new Denial(Reasons.ScopeMissing, detail), $"Raise what agents may do in {project.Key}, in Tasker.");
            }
        }

        checks.Add(known
            ? new ExplainedCheck(Tasker, CheckOutcome.Pass, "allows what the call needs")
            : new ExplainedCheck(Tasker, CheckOutcome.Unknown, "Tasker was not asked or did not answer; it decides again when it is called"));
        checks.Add(new ExplainedCheck(Check.Rate.Word(), CheckOutcome.Unknown, "counted when the call is made"));
        return new Explanation { Allowed = true, Agent = row.Authority.Agent.Id, Tool = call.Tool, Checks = checks };
    }

    private static Explanation Refuse(
        AuthorityRow row, ToolCall call, List<ExplainedCheck> checks, Check? decided, Denial denial, string allow) => new()
        {
            Allowed = false,
            Agent = row.Authority.Agent.Id,
            Tool = call.Tool,
            DecidedBy = decided?.Word() ?? Tasker,
            Code = denial.Reason.Code,
            Detail = denial.Detail,
            Allow = allow,
            Checks = checks.Any(check => check.Check == Tasker) ? checks :
            [
                .. checks,
                new ExplainedCheck(Tasker, CheckOutcome.NotReached, ""),
                new ExplainedCheck(Check.Rate.Word(), CheckOutcome.NotReached, ""),
            ],
        };

    // These three are facts of one row: each can be told, whichever decides.
    private static IEnumerable<ExplainedCheck> Identity(AuthorityRow row, bool requireEntitlement)
    {
        yield return Fact(Check.Token, !row.TokenRevoked && !row.TokenExpired,
            $"{row.Authority.TokenPrefix}… {(row.TokenRevoked ? "is revoked" : row.TokenExpired ? "has expired" : "is live")}");
        var entitled = (row.Entitled ?? !requireEntitlement) && !row.EntitlementStale;
        yield return Fact(Check.Entitlement, entitled,
            $"owner {row.Authority.Agent.OwnerId} {(entitled ? "may" : "may not")} have agents");
        yield return Fact(Check.Agent, row.AgentStatus == "active", row.AgentStatus);
    }

    private static ExplainedCheck Fact(Check check, bool holds, string note) =>
        new(check.Word(), holds ? CheckOutcome.Pass : CheckOutcome.Fail, note);

    private static IEnumerable<ExplainedCheck> NotReached(IEnumerable<Check> checks) =>
        checks.Select(check => new ExplainedCheck(check.Word(), CheckOutcome.NotReached, ""));

    private ExplainedCheck Passed(Check check, Authority authority, ToolCall call, Decision decision, bool withArguments) =>
        check is Check.Arguments && !withArguments
            ? new ExplainedCheck(check.Word(), CheckOutcome.Unknown, "none given with --arguments; the contract was not asked")
            : new ExplainedCheck(check.Word(), CheckOutcome.Pass, Sentences.Passed(check, authority, Rule(call), decision as Permit));

    private ToolRule? Rule(ToolCall call) => manifest.Rules.Rules.FirstOrDefault(rule => rule.Tool == call.Tool);
}
