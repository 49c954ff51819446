using AgentGateway.Gateway.Ledger.Flushes;
using AgentGateway.Gateway.Ledger.Reconcile;
using AgentGateway.Gateway.Ledger.Refusals;
using AgentGateway.Gateway.Observe;

namespace AgentGateway.Gateway.Ledger;

/// <summary>The durable book of calls: admission before anything leaves, settlement before a write is answered.</summary>
/// <remarks>
/// A write's row moves so, and each move is one conditional statement:
/// <code>
/// (none) ─ claim, epoch 1 ─► dispatching ─ settle ─► succeeded | failed                     final, replayed
///                             ▲  │  ├ settle ─► in_doubt ─┐
///                             │  │  └ lease of 15 s over ─┴ Tasker's word: done ─► succeeded | failed
///                             │  └ settle ─► released ◄──── Tasker's word: fenced, generation + 1
///                             └ take-over, epoch + 1 ─┘     same payload only
/// </code>
/// Settlement names its admission and epoch. A process that was frozen, or died and came back, no longer finds its own
/// and changes nothing. Nothing is sent again before Tasker has said what became of the last attempt; each generation is a
/// key of its own to Tasker, and only a fence, after which the old one can have no effect any more, begins the next.
/// </remarks>
internal sealed class CallLedger(
    LedgerWriter writer, RefusalBook refusals, TrailingEvents trailing, Reconciler? reconciler = null)
{
    /// <summary>
    /// Durable when it returns. Throws <see cref="LedgerUnavailableException"/> when nothing could be written: then nothing may
    /// be sent.
    /// </summary>
    public async Task<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancel)
    {
        // Once it is on its way an admission is not cancelled: whether it committed would be unknown.
        cancel.ThrowIfCancellationRequested();
        var admission = await writer.AdmitAsync(request);
        return admission is Admission.InDoubt doubt && reconciler is not null
            && await reconciler.TryResolveAsync(request, doubt, cancel)
            ? await writer.AdmitAsync(request)
            : admission;
    }

    /// <summary>
    /// Durable when it returns for writes. Throws <see cref="LedgerUnavailableException"/>: then a write is answered as
    /// outcome_unknown.
    /// </summary>
    public Task SettleAsync(Admission.Admitted admission, Outcome outcome)
    {
        if (admission.Request.IdempotencyKey is not null)
        {
            return writer.SettleAsync(admission, outcome);
        }

        // The admission already is the log of a read.
        trailing.Append(PendingSettlement.EventOf(admission, outcome));
        return Task.CompletedTask;
    }

    /// <summary>
    /// Writes one refused event; never throws for a lost database (the refusal is answered all the same, and counted in the
    /// log).
    /// </summary>
    public Task RefuseAsync(Refusal refusal)
    {
        Measures.Denied(refusal.Reason.Code);
        return refusals.WriteAsync(refusal);
    }
}

/// <summary>Postgres did not take the entry.</summary>
internal sealed class LedgerUnavailableException(string message, Exception? inner) : Exception(message, inner);
