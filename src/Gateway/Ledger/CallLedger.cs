namespace AgentGateway.Gateway.Ledger;

/// <summary>The durable book of calls: admission before anything leaves, settlement before a write is answered.</summary>
internal sealed class CallLedger
{
    /// <summary>Durable when it returns. Throws <see cref="LedgerUnavailableException"/> when nothing could be written: then nothing may be sent.</summary>
    public Task<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancel) => throw new NotSupportedException();

    /// <summary>Durable when it returns for writes. Throws <see cref="LedgerUnavailableException"/>: then a write is answered as outcome_unknown.</summary>
    public Task SettleAsync(Admission.Admitted admission, Outcome outcome) => throw new NotSupportedException();

    /// <summary>Writes one refused event; never throws for a lost database (the refusal is answered all the same, and counted in the log).</summary>
    public Task RefuseAsync(Refusal refusal) => throw new NotSupportedException();
}

/// <summary>Postgres did not take the entry.</summary>
internal sealed class LedgerUnavailableException(string message, Exception? inner) : Exception(message, inner);
