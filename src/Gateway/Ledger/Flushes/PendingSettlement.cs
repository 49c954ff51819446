using AgentGateway.Gateway.Ledger.Flushes.Statements;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>The end of an admitted write on its way into the book: stored only under the admission and epoch that sent it.</summary>
internal sealed class PendingSettlement(Admission.Admitted admission, Outcome outcome, long since) : Pending<bool>(since)
{
    private object?[] _row = EventOf(admission, outcome).ToRow();
    private bool _overtaken;

    public Admission.Admitted Admission => admission;

    public Outcome Outcome => outcome;

    public string AgentId => admission.Request.Permit.Authority.Agent.Id;

    public byte[]? KeyDigest { get; } = DigestOf(admission);

    public string State => StateOf(outcome);

    /// <summary>Whether there is a row of the key to store it in; an overtaken one has lost it.</summary>
    public bool IsStored => KeyDigest is not null && !_overtaken;

    public byte[]? KeptResult => outcome.Kind is OutcomeKind.Succeeded or OutcomeKind.Failed ? outcome.Result : null;

    public BoundEvent BoundEvent => new(_row, IsStored ? admission.Id : null);

    /// <summary>Another attempt holds the key: the event still says how this one ended, and that its outcome was not kept.</summary>
    public void Overtake()
    {
        _overtaken = true;
        _row = EventOf(admission, outcome, "overtaken").ToRow();
    }

    public static AuditEvent EventOf(Admission.Admitted admission, Outcome outcome, string? cause = null)
    {
        var permit = admission.Request.Permit;
        return new AuditEvent
        {
            Kind = "settled",
            Decision = StateOf(outcome),
            Cause = cause,
            AdmissionId = admission.Id,
            Origin = admission.Request.Origin,
            Authority = permit.Authority,
            Tool = permit.Rule.Tool,
            Projects = permit.Projects,
            Card = outcome.Card ?? permit.Card?.ToString(),
            Scope = permit.Rule.Scope,
            Effect = permit.Rule.Effect == Effect.Write ? "write" : "read",
            Reason = outcome.Reason?.Code,
            ManifestDigest = admission.Request.ManifestDigest,
            KeyDigest = DigestOf(admission),
            ArgumentDigest = admission.Request.Fingerprint,
            UpstreamStatus = outcome.UpstreamStatus,
            Duration = outcome.Duration,
            Epoch = admission.Epoch == 0 ? null : admission.Epoch,
        };
    }

    private static byte[]? DigestOf(Admission.Admitted admission) => admission.Request.IdempotencyKey is { } key
        ? Ledger.KeyDigest.Of(admission.Request.Permit.Authority.Agent.Id, key)
        : null;

    private static string StateOf(Outcome outcome) => outcome.Kind switch
    {
        OutcomeKind.Succeeded => "succeeded",
        OutcomeKind.Failed => "failed",
        OutcomeKind.Released => "released",
        _ => "in_doubt",
    };
}
