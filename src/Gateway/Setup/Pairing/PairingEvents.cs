using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>One step of a pairing, as the audit keeps it; codes and what they open are never part of it.</summary>
/// <param name="What">Such as <c>pairing_started</c>, <c>pairing_approved</c>, <c>pairing_redeemed</c>.</param>
/// <param name="Actor">The person, the device's own name, or the gateway.</param>
internal sealed record PairingStep(string What, string Actor)
{
    public Guid? Pairing { get; init; }

    public string? Cause { get; init; }

    public CallOrigin? Origin { get; init; }

    public string? OwnerId { get; init; }

    public Agent? Agent { get; init; }

    public Guid? TokenId { get; init; }

    public string? TokenPrefix { get; init; }

    /// <summary>Appends in the transaction that is open on the connection.</summary>
    public Task AppendAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var pairing = Pairing is { } id ? $"pairing {id}" : null;
        return new AuditEvent
        {
            Kind = "lifecycle",
            Decision = What,
            Actor = Actor,
            Cause = Cause is null || pairing is null ? Cause ?? pairing : $"{pairing}: {Cause}",
            Origin = Origin,
            OwnerId = OwnerId,
            Agent = Agent,
            TokenId = TokenId,
            TokenPrefix = TokenPrefix,
        }.AppendAsync(connection, cancel);
    }
}
