using AgentGateway.Policy;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Gateway.Ledger;

/// <summary>Makes a call durable before it leaves; <see cref="LedgerAnswers.TryAdmitAsync"/>.</summary>
internal delegate Task<Admission?> CallAdmission(AdmissionRequest request, CancellationToken cancel);

/// <summary>Makes the outcome durable before it is answered; <see cref="LedgerAnswers.TrySettleAsync"/>.</summary>
internal delegate Task<Outcome> CallSettlement(Admission.Admitted admitted, Outcome outcome);

/// <summary>What a call asks of the ledger on its way.</summary>
internal sealed record LedgerSteps(CallAdmission Admit, CallSettlement Settle);

/// <summary>What a lost ledger means for a call: not admitted, or a write whose settlement nobody may rely on.</summary>
internal static class LedgerAnswers
{
    /// <summary>Null when nothing could be written: then nothing may be sent.</summary>
    public static async Task<Admission?> TryAdmitAsync(this CallLedger ledger, AdmissionRequest request, CancellationToken cancel)
    {
        try
        {
            return await ledger.AdmitAsync(request, cancel);
        }
        catch (LedgerUnavailableException)
        {
            return null;
        }
    }

    /// <summary>The outcome to answer with: for a write that could not be settled, that it is unknown; a read's log is its admission.</summary>
    public static async Task<Outcome> TrySettleAsync(this CallLedger ledger, Admission.Admitted admitted, Outcome outcome)
    {
        try
        {
            await ledger.SettleAsync(admitted, outcome);
            return outcome;
        }
        catch (LedgerUnavailableException)
        {
            return admitted.Request.Permit.Rule.Effect == Effect.Read ? outcome : outcome with
            {
                Kind = OutcomeKind.InDoubt,
                Reason = Reasons.OutcomeUnknown,
                Result = RefusalText.Write(Reasons.OutcomeUnknown),
            };
        }
    }
}
