using AgentGateway.Gateway.Ledger;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Gateway.Relay;

/// <summary>Says as a ledger outcome what the answer means.</summary>
internal static class Outcomes
{
    public static Outcome Of(Answer answer, string? card, TimeSpan duration) => new()
    {
        Kind = answer.Kind switch
        {
            AnswerKind.Done => OutcomeKind.Succeeded,
            AnswerKind.Refused => OutcomeKind.Failed,
            AnswerKind.NotDone => OutcomeKind.Released,
            AnswerKind.Unknown => OutcomeKind.InDoubt,
            _ => throw new InvalidOperationException($"No outcome for {answer.Kind}."),
        },
        Reason = answer.Reason,
        Result = answer.Result,
        UpstreamStatus = answer.Status,
        Card = card,
        Duration = duration,
    };
}
