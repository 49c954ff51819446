using AgentGateway.Policy;

namespace AgentGateway.Gateway.Ledger.Reconcile;

/// <summary>A write that was sent and not settled for certain, as its row has it; settled only while the row is still so.</summary>
internal sealed record Doubt
{
    public required Agent Agent { get; init; }

    public required byte[] KeyDigest { get; init; }

    public required Guid AdmissionId { get; init; }

    public required int Epoch { get; init; }

    public required int Generation { get; init; }

    /// <summary>Of the first generation.</summary>
    public required string TaskerKey { get; init; }

    public required string Tool { get; init; }

    public required string? Card { get; init; }

    /// <summary>The call's projects; none: the answer cannot be checked, so it cannot be read.</summary>
    public required IReadOnlyList<Grant> Projects { get; init; }

    /// <summary>The retry that wants to know; null when nobody asks.</summary>
    public AdmissionRequest? Asked { get; init; }

    public static Doubt Of(AdmissionRequest request, string key, Admission.InDoubt found) => new()
    {
        Agent = request.Permit.Authority.Agent,
        KeyDigest = Ledger.KeyDigest.Of(request.Permit.Authority.Agent.Id, key),
        AdmissionId = found.AdmissionId,
        Epoch = found.Epoch,
        Generation = found.Generation,
        TaskerKey = request.TaskerKey ?? throw new InvalidOperationException("A write without Tasker's key."),
        Tool = request.Permit.Rule.Tool,
        Card = request.Permit.Card?.ToString(),
        Projects = request.Permit.Projects,
        Asked = request,
    };
}
