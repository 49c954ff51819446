using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Checks;

/// <summary>Every check there is, in the order in which a reader wants the answers.</summary>
internal static class AllChecks
{
    public static IEnumerable<ContractCheck> For(ContractOptions options) =>
    [
        .. TokenChecks.All,
        .. options.AssertionKey is null ? [] : AssertionChecks.All,
        .. GrantChecks.All,
        .. ScopeChecks.All,
        .. DeadlineChecks.All,
        .. KeyChecks.All,
        .. VerbChecks.All,
        .. SessionChecks.All,
        .. ContentChecks.All,
        .. PageChecks.All,
        .. ErrorChecks.All,
    ];
}
