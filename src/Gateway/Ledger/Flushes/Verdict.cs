namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>What one flush found about one admission. Admitted is what has its event: <see cref="At"/>.</summary>
internal struct Verdict()
{
    /// <summary>When its event was written, by the database's clock; null when it was not.</summary>
    public DateTimeOffset? At;

    /// <summary>False: somebody is changing the authority just now.</summary>
    public bool Locked = true;

    /// <summary>Whether the authority is the one the call was decided on; means nothing unless <see cref="Locked"/>.</summary>
    public bool Current = true;

    /// <summary>Which limit is reached: call, write or owner.</summary>
    public string? Limit;

    public TimeSpan Wait;

    /// <summary>Who holds the key instead.</summary>
    public KeyHolder? Holder;
}

/// <summary>The row of an idempotency key as another admission left it.</summary>
/// <param name="SamePayload">Whether it is the very same call.</param>
/// <param name="Final">Its outcome, when it is kept for good.</param>
/// <param name="Takeable">Whether another attempt may begin: released, in doubt, or its lease is over.</param>
internal sealed record KeyHolder(Guid AdmissionId, int Epoch, bool SamePayload, Outcome? Final, bool Takeable);
