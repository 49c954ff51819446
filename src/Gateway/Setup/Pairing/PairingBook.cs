using System.Text.Json;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Entitlements;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>Finds a pairing by the code a person typed, and writes down what the owner decided; wrong codes are counted.</summary>
internal sealed class PairingBook(NpgsqlDataSource database, PairingDigests digests, Settings settings)
{
    public const int MostLivePerOwner = 50;

    /// <summary>"Unknown", "expired" and "another's" are one and the same answer.</summary>
    /// <exception cref="RequestRefusedException">Not found, or too many wrong codes before.</exception>
    public async Task<PairingRow> FindAsync(string ownerId, string typed, string actor, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);

        // Always in this order, so that none waits in a circle; held until the count is written.
        var own = PairingLimits.WrongOf(ownerId);
        await PairingLimits.EnterAsync(connection, own, cancel);
        await PairingLimits.EnterAsync(connection, PairingLimits.WrongInAll, cancel);
        var code = PairingCodes.ReadUser(typed);
        var found = code is null ? null : await connection.QuerySingleOrDefaultAsync<PairingRow>(new CommandDefinition(
            """
            SELECT id, name, host, client, requested, source, started_at AS startedat, expires_at AS expiresat, decision,
                   agent_id AS agentid, used_at IS NOT NULL AS used
            FROM pairings
            WHERE user_digest = @Digest AND expires_at > clock_timestamp() AND coalesce(owner_id, @ownerId) = @ownerId
            """,
            new { Digest = digests.OfUser(code), ownerId }, transaction, cancellationToken: cancel));
        if (found is not null)
        {
            return found with { UserCode = PairingCodes.Show(code!) };
        }

        var locked = await PairingLimits.HitAsync(connection, own, cancel);
        locked |= await PairingLimits.HitAsync(connection, PairingLimits.WrongInAll, cancel);
        var step = new PairingStep(locked ? "pairing_locked" : "pairing_code_wrong", actor) { OwnerId = ownerId };
        await step.AppendAsync(connection, cancel);
        await transaction.CommitAsync(cancel);
        throw new RequestRefusedException(Reasons.NotFound);
    }

    /// <summary>Binds the pairing to the owner and the agent, in the transaction that is open on the connection.</summary>
    /// <exception cref="RequestRefusedException">Somebody was faster, it is too late, or the owner may not.</exception>
    public async Task ApproveAsync(NpgsqlConnection connection, PairingRow pairing, Approval approval, CancellationToken cancel)
    {
        var (agent, actor, days) = approval;
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(@Key)",
            new { Key = LockKeys.PairingOwner(agent.OwnerId) }, cancellationToken: cancel));
        if (!await OwnerStanding.IsEntitledAsync(connection, agent.OwnerId, settings.RequireEntitlement, cancel))
        {
            throw new RequestRefusedException(Reasons.AgentsDisabled);
        }

        var live = await connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            SELECT count(*) FROM pairings
            WHERE owner_id = @OwnerId AND decision = 'approved' AND used_at IS NULL AND expires_at > clock_timestamp()
            """,
            new { agent.OwnerId }, cancellationToken: cancel));
        if (live >= MostLivePerOwner)
        {
            throw new RequestRefusedException(Reasons.TooManyPairings);
        }

        var bound = await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE pairings SET owner_id = @OwnerId, decision = 'approved', decided_by = @actor, decided_at = clock_timestamp(),
                                agent_id = @Agent, token_days = @days
            WHERE id = @Id AND decision IS NULL AND expires_at > clock_timestamp()
            """,
            new { pairing.Id, agent.OwnerId, actor, Agent = agent.Id, days }, cancellationToken: cancel));
        if (bound == 0)
        {
            throw new RequestRefusedException(Reasons.PairingDecided);
        }

        var step = new PairingStep("pairing_approved", actor) { Pairing = pairing.Id, Agent = agent };
        await step.AppendAsync(connection, cancel);
    }

    /// <summary>Also takes an approval back, as long as nothing was fetched.</summary>
    /// <exception cref="RequestRefusedException">It was fetched, denied or has expired meanwhile.</exception>
    public async Task<OwnerAnswer> DenyAsync(PairingRow pairing, Denying denying, CancellationToken cancel)
    {
        var (ownerId, actor, cause, key, answer) = denying;
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var denied = await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE pairings SET owner_id = @ownerId, decision = 'denied', decided_by = @actor, decided_at = clock_timestamp()
            WHERE id = @Id AND coalesce(owner_id, @ownerId) = @ownerId AND decision IS DISTINCT FROM 'denied' AND used_at IS NULL
                  AND expires_at > clock_timestamp()
            """,
            new { pairing.Id, ownerId, actor }, transaction, cancellationToken: cancel));
        if (denied == 0)
        {
            throw new RequestRefusedException(Reasons.PairingDecided);
        }

        var step = new PairingStep("pairing_denied", actor) { Pairing = pairing.Id, OwnerId = ownerId, Cause = cause };
        await step.AppendAsync(connection, cancel);
        if (key is not null)
        {
            await StoredAnswers.KeepAsync(connection, key, answer, cancel);
        }

        await transaction.CommitAsync(cancel);
        return answer;
    }
}

/// <summary>Which agent a device becomes, who said so, and how long its token will live.</summary>
internal sealed record Approval(Agent Agent, string Actor, int TokenDays);

/// <summary>Who turns a device away and why, and what is then answered.</summary>
internal sealed record Denying(string OwnerId, string Actor, string? Cause, OwnerKey? Key, OwnerAnswer Answer);

/// <summary>A pairing that has not expired, as its row is.</summary>
internal sealed record PairingRow
{
    public Guid Id { get; init; }

    public string UserCode { get; init; } = "";

    public string Name { get; init; } = "";

    public string? Host { get; init; }

    public string? Client { get; init; }

    public string Requested { get; init; } = "{}";

    public string Source { get; init; } = "";

    public DateTime StartedAt { get; init; }

    public DateTime ExpiresAt { get; init; }

    public string? Decision { get; init; }

    public string? AgentId { get; init; }

    public bool Used { get; init; }

    public PairingView View(string? status = null) => new()
    {
        Id = Id,
        UserCode = UserCode,
        Status = status ?? (Used ? "redeemed" : Decision ?? "pending"),
        Name = Name,
        Host = Host,
        Client = Client,
        SourceAddress = Source,
        Requested = JsonSerializer.Deserialize(Requested, PairingBodyJson.Default.RequestedBody) ?? new RequestedBody(),
        StartedAt = StartedAt,
        ExpiresAt = ExpiresAt,
    };
}
