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
/// <param name="Takeable">Whether another attempt may begin: the last one was released.</param>
internal sealed record KeyHolder(Guid AdmissionId, int Epoch, bool SamePayload, Outcome? Final, bool Takeable)
{
    /// <summary>How often Tasker has fenced the key, and one more.</summary>
    public int Generation { get; init; } = 1;

    /// <summary>Sent, and not settled in its time or settled as unknown: Tasker must say what became of it.</summary>
    public bool IsInDoubt { get; init; }

    /// <summary>So old that only the memory of the key is left.</summary>
    public bool IsExpired { get; init; }
}
