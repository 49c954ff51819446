using AgentGateway.Policy;

namespace AgentGateway.Gateway.Ledger;

/// <summary>What the ledger keeps of where a call came from: ids and names, never arguments, tokens or bodies.</summary>
internal sealed record CallOrigin
{
    /// <summary>UUIDv7 of the request, also sent to Tasker.</summary>
    public required Guid RequestId { get; init; }

    public required string Door { get; init; }

    public string? RemoteAddress { get; init; }

    public string? ClientName { get; init; }

    public string? ClientVersion { get; init; }

    public string? ThreadId { get; init; }

    public string? TraceParent { get; init; }
}

/// <summary>A permitted call as it asks to be admitted.</summary>
internal sealed record AdmissionRequest
{
    public required Permit Permit { get; init; }

    public required CallOrigin Origin { get; init; }

    /// <summary>The write's key, the agent's or a minted one; null for reads.</summary>
    public required string? IdempotencyKey { get; init; }

    /// <summary>SHA-256 of tool and canonical arguments (RFC 8785) without the key.</summary>
    public required byte[] Fingerprint { get; init; }

    public required string ManifestDigest { get; init; }

    /// <summary>The key as Tasker first sees it (<see cref="Relay.DerivedKey"/>); null for reads.</summary>
    public string? TaskerKey { get; init; }
}

/// <summary>What the ledger answered; nothing is forwarded without <see cref="Admitted"/>.</summary>
internal abstract record Admission
{
    /// <summary>How long after its commit a call may still be on its way.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private Admission()
    {
    }

    /// <summary>The admission is durable: the call may leave until <see cref="NotAfter"/>.</summary>
    /// <param name="Id">Of the admission; also in the audit event.</param>
    /// <param name="Epoch">Attempt number under this key, from 1; 0 for reads.</param>
    /// <param name="NotAfter">Database time of the admission plus ten seconds; Tasker refuses later arrivals.</param>
    /// <param name="CommittedAt">Monotonic timestamp (<see cref="TimeProvider.GetTimestamp"/>) right after the commit.</param>
    internal sealed record Admitted(
        Guid Id, AdmissionRequest Request, int Epoch, DateTimeOffset NotAfter, long CommittedAt) : Admission
    {
        /// <summary>From 1; raised when Tasker has fenced the key, and with it the key that Tasker sees is another.</summary>
        public int Generation { get; init; } = 1;
    }

    /// <summary>The very same call was settled before; this is its stored outcome.</summary>
    internal sealed record Replay(Outcome Outcome) : Admission;

    /// <summary>The key belongs to another payload.</summary>
    internal sealed record KeyReused : Admission;

    /// <summary>The same call is running now.</summary>
    internal sealed record InProgress : Admission;

    /// <summary>An earlier attempt of the same call was sent, and nobody knows yet whether it was done.</summary>
    internal sealed record InDoubt(Guid AdmissionId, int Epoch, int Generation) : Admission;

    /// <summary>The key was used so long ago that its outcome is not kept any more.</summary>
    internal sealed record KeyExpired : Admission;

    /// <summary>The authority changed since the decision: load it again and decide again.</summary>
    internal sealed record StaleAuthority : Admission;

    /// <summary>The agent or its owner calls too often.</summary>
    /// <param name="Wait">Until it can be admitted, after those who came just before it and wait as well.</param>
    /// <param name="Scope">Which bucket is empty: call, write or owner.</param>
    internal sealed record Limited(TimeSpan Wait, string Scope) : Admission;

    /// <summary>Too many calls wait for the ledger already.</summary>
    internal sealed record Overloaded : Admission;
}

/// <summary>How an admitted call ended.</summary>
internal enum OutcomeKind
{
    /// <summary>Done; for writes the result is stored and replayed.</summary>
    Succeeded,

    /// <summary>Refused for good by Tasker; stored and replayed like a success.</summary>
    Failed,

    /// <summary>Provably not done and worth another try: nothing is stored, the key is free for the same payload.</summary>
    Released,

    /// <summary>Sent, but it is not known whether it was done; nothing is sent under its key until Tasker has said so.</summary>
    InDoubt,
}

/// <summary>The outcome as it is settled, stored, replayed and answered.</summary>
internal sealed record Outcome
{
    public required OutcomeKind Kind { get; init; }

    /// <summary>Null on success.</summary>
    public required Reason? Reason { get; init; }

    /// <summary>
    /// The structured result (or refusal) as UTF-8 JSON object, without <c>replayed</c> and <c>idempotency_key</c>.
    /// </summary>
    public required byte[] Result { get; init; }

    /// <summary>Tasker's HTTP status; null when nothing came back or nothing was sent.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>Key of the card concerned, for the audit.</summary>
    public string? Card { get; init; }

    public TimeSpan Duration { get; init; }
}

/// <summary>A refusal to be written down: who (as far as known), what, why.</summary>
internal sealed record Refusal
{
    public required Reason Reason { get; init; }

    public required CallOrigin Origin { get; init; }

    public Authority? Authority { get; init; }

    public string? Tool { get; init; }

    public string? Card { get; init; }

    /// <summary>More than the reason says, for the audit only, such as "checksum" or "expired".</summary>
    public string? Cause { get; init; }

    public required string ManifestDigest { get; init; }
}
