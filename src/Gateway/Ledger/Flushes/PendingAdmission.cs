using System.Buffers.Binary;
using AgentGateway.Gateway.Ledger.Flushes.Statements;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>
/// A call on its way into the book. It asks to be admitted afresh; when its key is held already it learns by whom and asks
/// again, expecting just that: every column of its event is known before the event is written.
/// </summary>
internal sealed class PendingAdmission : Pending<Admission>
{
    private KeyHolder? _expected;
    private object?[] _row;

    public PendingAdmission(AdmissionRequest request, long since)
        : base(since)
    {
        Request = request;
        var agent = Authority.Agent;
        KeyDigest = request.IdempotencyKey is { } key ? Ledger.KeyDigest.Of(agent.Id, key) : null;
        (OwnerLock, AgentLock) = LockKeys.Of(agent);
        _row = NewRow();
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    public AdmissionRequest Request { get; }

    public Authority Authority => Request.Permit.Authority;

    public byte[]? KeyDigest { get; }

    /// <summary>Tells keys apart within a flush; two that begin alike only take turns.</summary>
    public UInt128 KeyStart => KeyDigest is null ? default : BinaryPrimitives.ReadUInt128BigEndian(KeyDigest);

    public long OwnerLock { get; }

    public long AgentLock { get; }

    public bool IsWrite => KeyDigest is not null;

    /// <summary>Somebody was changing its authority when it last asked.</summary>
    public bool IsBlocked { get; private set; }

    public bool IsReplay => _expected?.Final is not null;

    /// <summary>The attempt it wants to follow; null: it is the first under its key, or has none.</summary>
    public int? TakesOver => IsReplay ? null : _expected?.Epoch;

    public bool IsClaim => IsWrite && _expected is null;

    /// <summary>Replays cost nothing.</summary>
    public bool IsCharged => !IsReplay;

    /// <summary>The attempt's number under its key, from 1; null for reads.</summary>
    public int? Epoch => !IsWrite ? null : IsReplay ? _expected?.Epoch : (_expected?.Epoch ?? 0) + 1;

    public int Generation => _expected?.Generation ?? 1;

    /// <summary>Of a write, where it has one: what its answer is held to when nobody waits for it any more.</summary>
    public Guid? OnlyProject => Request.Permit.Projects is [var only] ? only.ProjectId : null;

    /// <summary>The event, bound to whoever must hold the key for it to be true.</summary>
    public BoundEvent BoundEvent => new(_row, IsReplay ? _expected?.AdmissionId : IsWrite ? Id : null);

    /// <summary>The answer; null: it must be asked again, now expecting what was found.</summary>
    public Admission? Conclude(Verdict verdict, long now)
    {
        IsBlocked = !verdict.Locked;
        if (verdict.At is { } at)
        {
            return _expected?.Final is { } outcome
                ? new Admission.Replay(outcome)
                : new Admission.Admitted(Id, Request, Epoch ?? 0, at + Admission.Lifetime, now) { Generation = Generation };
        }

        return verdict switch
        {
            { Locked: false } => null,
            { Current: false } => new Admission.StaleAuthority(),
            { Limit: { } limit } => new Admission.Limited(verdict.Wait, limit),
            { Holder.IsExpired: true } => new Admission.KeyExpired(),
            { Holder.SamePayload: false } => new Admission.KeyReused(),
            { Holder: { } holder } when holder.Final is not null || holder.Takeable => Expect(holder),
            { Holder: { IsInDoubt: true } holder } => new Admission.InDoubt(holder.AdmissionId, holder.Epoch, holder.Generation),
            { Holder: not null } => new Admission.InProgress(),
            _ => Expect(null),
        };
    }

    private Admission? Expect(KeyHolder? holder)
    {
        _expected = holder;
        _row = NewRow();
        return null;
    }

    // Made, and its MAC computed, on the thread of the caller as a rule: the writer has all callers' work to do.
    private object?[] NewRow()
    {
        var permit = Request.Permit;
        var replayed = _expected?.Final;
        return new AuditEvent
        {
            Kind = replayed is null ? "admitted" : "replayed",
            Decision = replayed is null ? "allow" : "replay",
            Reason = replayed?.Reason?.Code,
            UpstreamStatus = replayed?.UpstreamStatus,
            AdmissionId = Id,
            Origin = Request.Origin,
            Authority = permit.Authority,
            Tool = permit.Rule.Tool,
            Projects = permit.Projects,
            Card = permit.Card?.ToString(),
            Scope = permit.Rule.Scope,
            Effect = permit.Rule.Effect == Effect.Write ? "write" : "read",
            ManifestDigest = Request.ManifestDigest,
            KeyDigest = KeyDigest,
            ArgumentDigest = Request.Fingerprint,
            Epoch = Epoch,
        }.ToRow();
    }
}
