using AgentGateway.Policy;
using AgentGateway.Transforms.Request;

namespace AgentGateway.Transforms.Response;

/// <summary>Decides what an arrival means; whatever breaks the contract is withheld, and for a write counts as unknown.</summary>
public static class AnswerReader
{
    // Codes that say "not now": nothing was changed, the key stays free for the same call.
    private static readonly string[] Passing =
        ["unauthenticated", "agents_disabled", "agent_suspended", "rate_limited", "not_after_passed", "upstream_unavailable"];

    public static Answer Read(Permit permit, RequestMapping request, ResponseMapping response, Arrival arrival) =>
        Read(CallScope.Of(permit), request, response, arrival);

    public static Answer Read(CallScope scope, RequestMapping request, ResponseMapping response, Arrival arrival)
    {
        var isWrite = scope.IsWrite;
        if (arrival.Body is null)
        {
            return Broken(isWrite, arrival, arrival.Fault ?? "no body");
        }

        if (arrival.Status is 200 or 201)
        {
            if (arrival.MediaType != "application/json")
            {
                return Broken(isWrite, arrival, $"content type {arrival.MediaType}");
            }

            var (result, reason, fault) = response.Map(scope, arrival.Body, arrival.Status == 201);
            return result is null
                ? Withheld(isWrite, reason!, arrival, fault)
                : new Answer { Kind = AnswerKind.Done, Result = result, Status = arrival.Status };
        }

        if (arrival.Status is >= 400 and < 500 && arrival.MediaType == "application/problem+json")
        {
            return Problem(scope, request, arrival, isWrite);
        }

        // A 5xx says nothing about the effect of a write, whatever its body claims.
        return arrival.Status >= 500 && !isWrite
            ? Refuse(AnswerKind.NotDone, Reasons.UpstreamUnavailable, arrival, $"status {arrival.Status}")
            : Broken(isWrite, arrival, $"status {arrival.Status}");
    }

    /// <summary>Nothing came back at all.</summary>
    /// <param name="nothingLeft">Whether it is certain that no byte of the request was sent.</param>
    /// <param name="isWrite">Whether the call may have had an effect.</param>
    /// <param name="fault">For operators.</param>
    public static Answer NoArrival(bool nothingLeft, bool isWrite, string fault) =>
        nothingLeft || !isWrite
            ? new Answer
            {
                Kind = AnswerKind.NotDone,
                Reason = Reasons.UpstreamUnavailable,
                Result = RefusalText.Write(Reasons.UpstreamUnavailable),
                Fault = fault,
            }
            : new Answer
            {
                Kind = AnswerKind.Unknown,
                Reason = Reasons.OutcomeUnknown,
                Result = RefusalText.Write(Reasons.OutcomeUnknown),
                Fault = fault,
            };

    /// <summary>The call was admitted but held too long on the way out; nothing was sent.</summary>
    public static Answer Expired() => new()
    {
        Kind = AnswerKind.NotDone,
        Reason = Reasons.AdmissionExpired,
        Result = RefusalText.Write(Reasons.AdmissionExpired),
        Fault = "admission expired before it was sent",
    };

    private static Answer Problem(CallScope scope, RequestMapping request, Arrival arrival, bool isWrite)
    {
        var (reason, refusal) = ProblemReader.Read(arrival.Body!, request, scope);
        if (reason is null)
        {
            return Broken(isWrite, arrival, "a problem without a known code");
        }

        if (reason == Reasons.Unauthenticated)
        {
            // It is the gateway's token that Tasker refuses, not the agent's: the agent must not be told to renew it.
            return Refuse(AnswerKind.NotDone, Reasons.UpstreamUnavailable, arrival, "Tasker refuses the gateway's internal token");
        }

        if (reason == Reasons.OperationFenced)
        {
            // Somebody settles this key just now; repeating the call finds out how.
            return Refuse(AnswerKind.Unknown, Reasons.OutcomeUnknown, arrival, "the key was fenced");
        }

        var kind = reason == Reasons.IdempotencyInProgress ? AnswerKind.Unknown
            : Passing.Contains(reason.Code, StringComparer.Ordinal) ? AnswerKind.NotDone
            : AnswerKind.Refused;
        return new Answer { Kind = kind, Reason = reason, Result = refusal, Status = arrival.Status };
    }

    private static Answer Broken(bool isWrite, Arrival arrival, string fault) => isWrite && arrival.Status is 200 or 201 or >= 500
        ? Refuse(AnswerKind.Unknown, Reasons.OutcomeUnknown, arrival, fault)
        : Withheld(isWrite, Reasons.UpstreamInvalid, arrival, fault);

    private static Answer Withheld(bool isWrite, Reason reason, Arrival arrival, string fault) =>
        Refuse(isWrite ? AnswerKind.Unknown : AnswerKind.NotDone, reason, arrival, fault);

    private static Answer Refuse(AnswerKind kind, Reason reason, Arrival arrival, string fault) =>
        new() { Kind = kind, Reason = reason, Result = RefusalText.Write(reason), Status = arrival.Status, Fault = fault };
}
