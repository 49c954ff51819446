using System.Collections.Frozen;

namespace AgentGateway.Policy;

/// <summary>Decides each call from authority and rules alone: pure, closed, denying whatever no rule allows.</summary>
public sealed class RuleBook(IEnumerable<ToolRule> rules)
{
    private readonly FrozenDictionary<string, ToolRule> _rules = rules.ToFrozenDictionary(rule => rule.Tool, StringComparer.Ordinal);

    public IEnumerable<ToolRule> Rules => _rules.Values;

    public Decision Decide(Authority authority, ToolCall call) => throw new NotSupportedException();

    /// <summary>Whether <c>tools/list</c> shows the tool: some grant could make a call of it succeed.</summary>
    public bool IsCallable(Authority authority, ToolRule rule) => throw new NotSupportedException();
}
