using AgentGateway.Console.Book;

namespace AgentGateway.Console.Review;

/// <summary>Which checks a call of the book has passed and which one decided, from the reason that was written down.</summary>
public static class DecidedChecks
{
    // The gateway asks in this order; what comes after the deciding one was not asked.
    private static readonly string[] Order =
        ["token", "entitlement", "agent", "tool", "mode", "arguments", "session", "project", "scope", "cards", "rate", "ledger", "tasker"];

    private static readonly Dictionary<string, string> Deciding = new(StringComparer.Ordinal)
    {
        ["unauthenticated"] = "token",
        ["agents_disabled"] = "entitlement",
        ["entitlement_stale"] = "entitlement",
        ["agent_suspended"] = "agent",
        ["unknown_tool"] = "tool",
        ["read_only_mode"] = "mode",
        ["operation_forbidden"] = "mode",
        ["validation_failed"] = "arguments",
        ["outside_session"] = "session",
        ["no_work_session"] = "session",
        ["session_required"] = "session",
        ["session_not_found"] = "session",
        ["session_ended"] = "session",
        ["project_required"] = "project",
        ["project_not_granted"] = "project",
        ["scope_missing"] = "scope",
        ["rate_limited"] = "rate",
        ["overloaded"] = "rate",
        ["idempotency_key_reused"] = "ledger",
        ["idempotency_key_invalid"] = "ledger",
        ["idempotency_in_progress"] = "ledger",
        ["key_expired"] = "ledger",
        ["ledger_unavailable"] = "ledger",
        ["admission_expired"] = "ledger",
    };

    public static IReadOnlyList<ExplainedCheck> Of(IReadOnlyList<CallEvent> events)
    {
        var last = events[^1];
        var failed = last.Decision is "deny" or "failed"
            ? last.Reason is { } reason && Deciding.TryGetValue(reason, out var check) && last.Kind == "refused" ? check : "tasker"
            : null;
        // A replay is answered from the ledger, an admission may still be under way: Tasker's word is in neither.
        var end = failed is not null ? Array.IndexOf(Order, failed)
            : last.Kind is "replayed" or "admitted" || last.Decision is "in_doubt" or "unknown" or "released" ? Order.Length - 1
            : Order.Length;
        return
        [
            .. Order.Select((check, index) => new ExplainedCheck(
                check,
                index < end ? "pass" : check == failed ? "fail" : failed is not null || last.Kind == "replayed" ? "not_reached" : "unknown",
                check == failed ? last.Reason ?? "" : "")),
        ];
    }
}
