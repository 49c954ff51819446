using AgentGateway.Gateway.Sessions;
using AgentGateway.Policy;
using AgentGateway.Policy.Sessions;
using AgentGateway.Transforms.Request;

namespace AgentGateway.Gateway.Decide.Loading;

/// <summary>What a route may not be, whatever its shape: the no-delete boundary and the agreement of rule, route and contract.</summary>
internal static class ToolLint
{
    private const string KeyArgument = "idempotency_key";

    // Nothing an agent can name may contain one of these; "remove" is allowed for label and assignee deltas only.
    private static readonly string[] ForbiddenWords =
        ["delete", "archive", "purge", "destroy", "trash", "invite", "billing", "is_draft", "sequence_id", "created_by", "runner"];

    public static void CheckLocal(ToolRule rule, ToolContract contract, List<string> faults)
    {
        CheckWords(rule.Tool, rule.Tool, faults);
        CheckCommon(rule, contract, faults);
        if (!LocalTools.Names.Contains(rule.Tool, StringComparer.Ordinal))
        {
            faults.Add($"{rule.Tool}: the gateway has no answer of its own for this tool; it needs a route.");
        }

        if (rule.Effect == Effect.Write)
        {
            faults.Add($"{rule.Tool}: a local tool cannot be a write; only Tasker changes anything.");
        }
    }

    public static void CheckRoute(ToolRule rule, ToolContract contract, string path, RequestMapping request, List<string> faults)
    {
        foreach (var word in new[] { rule.Tool, path }.Concat(request.BodyMembers).Concat(request.QueryNames))
        {
            CheckWords(rule.Tool, word, faults);
        }

        CheckCommon(rule, contract, faults);
        CheckArguments(rule, contract, request, faults);
        CheckHoles(rule, path, faults);
        if (rule.Effect == Effect.Read && request.Method is not ("GET" or "POST"))
        {
            faults.Add($"{rule.Tool}: a read is GET, or POST for a search; {request.Method} changes something.");
        }

        if (rule.Effect == Effect.Write && request.Method == "GET")
        {
            faults.Add($"{rule.Tool}: a write cannot be GET.");
        }
    }

    private static void CheckCommon(ToolRule rule, ToolContract contract, List<string> faults)
    {
        var takesKey = contract.Arguments.Names.Contains(KeyArgument, StringComparer.Ordinal);
        if (takesKey != (rule.Effect == Effect.Write))
        {
            faults.Add($"{rule.Tool}: exactly the writes take {KeyArgument}.");
        }

        foreach (var need in rule.AlsoNeeds.Where(need => !contract.Arguments.Names.Contains(need.Argument, StringComparer.Ordinal)))
        {
            faults.Add($"{rule.Tool}: AlsoNeeds names {need.Argument}, which is not an argument: the rule would never match.");
        }

        foreach (var card in rule.SameProjectCards.Where(card => !contract.Arguments.Names.Contains(card, StringComparer.Ordinal)))
        {
            faults.Add($"{rule.Tool}: SameProject names {card}, which is not an argument: the rule would never match.");
        }

        if (rule.Effect == Effect.Write && rule.Scope is null)
        {
            faults.Add($"{rule.Tool}: a write needs a scope.");
        }

        if ((rule.Session, rule.Addressing) is not (SessionStep.None, not Addressing.Session) and not (SessionStep.Open, Addressing.Card)
            and not (SessionStep.Report or SessionStep.Close, Addressing.Session))
        {
            faults.Add($"{rule.Tool}: Session \"open\" goes with Project \"card\", \"report\" and \"close\" with Project \"session\".");
        }

        var wanted = rule.Addressing switch { Addressing.Card => "card", Addressing.Project => "project", _ => null };
        if (wanted is not null && !contract.Arguments.Required.Contains(wanted, StringComparer.Ordinal))
        {
            faults.Add($"{rule.Tool}: the contract must require {wanted}, which the rule takes the project from.");
        }
    }

    private static void CheckArguments(ToolRule rule, ToolContract contract, RequestMapping request, List<string> faults)
    {
        var read = request.Reads.Select(pair => pair.Argument).ToHashSet(StringComparer.Ordinal);
        foreach (var unknown in read.Where(name => !contract.Arguments.Names.Contains(name, StringComparer.Ordinal)))
        {
            faults.Add($"{rule.Tool}: the request reads ${unknown}, which is not an argument.");
        }

        var byPolicy = new List<string> { KeyArgument };
        byPolicy.AddRange(SessionArguments.ReadBy(rule.Session));
        if (rule.Addressing == Addressing.Card)
        {
            byPolicy.Add("card");
        }

        if (rule.Addressing is Addressing.Project or Addressing.Granted)
        {
            byPolicy.Add("project");
        }

        foreach (var unused in contract.Arguments.Names.Where(name => !read.Contains(name) && !byPolicy.Contains(name)))
        {
            faults.Add($"{rule.Tool}: the argument {unused} goes nowhere.");
        }
    }

    private static void CheckHoles(ToolRule rule, string path, List<string> faults)
    {
        var holes = PathTemplate.Parse(path, []);
        if (holes is null)
        {
            return;
        }

        if (holes.Has("card") != (rule.Addressing is Addressing.Card or Addressing.Session))
        {
            faults.Add($"{rule.Tool}: {{card}} in the path and Project \"card\" or \"session\" go together.");
        }

        if (holes.Has("session") != (rule.Session != SessionStep.None))
        {
            faults.Add($"{rule.Tool}: {{session}} in the path and a Session step go together.");
        }

        if (holes.Has("project") && rule.Addressing != Addressing.Project)
        {
            faults.Add($"{rule.Tool}: {{project}} in the path needs Project \"argument\".");
        }

        if (rule.Addressing == Addressing.None)
        {
            faults.Add($"{rule.Tool}: a route without a project check; only local tools may have Project \"none\".");
        }
    }

    private static void CheckWords(string tool, string text, List<string> faults)
    {
        foreach (var word in ForbiddenWords.Where(word => text.Contains(word, StringComparison.OrdinalIgnoreCase)))
        {
            faults.Add($"{tool}: \"{text}\" contains \"{word}\", which no route may name.");
        }
    }
}
