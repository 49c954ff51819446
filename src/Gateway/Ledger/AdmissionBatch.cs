using System.Diagnostics;
using AgentGateway.Policy;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Ledger;

/// <summary>
/// The admission transaction: one round trip of separate statements, so that under READ COMMITTED each statement after the
/// locks sees every change of authority that was committed before the locks were granted.
/// </summary>
internal sealed class AdmissionBatch(AdmissionRequest request)
{
    private const string Lock = "SELECT pg_advisory_xact_lock_shared(key) FROM unnest($1) AS key";

    private const string ReadEvent =
        $"""
        INSERT INTO audit_events ({AuditEvent.Columns})
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
               $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35
        FROM agents
        WHERE agents.id = $6 AND status = 'active' AND authority_version = $36 AND $37 > clock_timestamp()
        RETURNING at
        """;

    private const string Claim =
        """
        INSERT INTO idempotency (agent_id, key_digest, fingerprint, tool, state, epoch, admission_id, lease_until, card)
        SELECT id, $4, $5, $6, 'dispatching', 1, $7, clock_timestamp() + interval '15 seconds', $8
        FROM agents
        WHERE id = $1 AND status = 'active' AND authority_version = $2 AND $3 > clock_timestamp()
        ON CONFLICT (agent_id, key_digest) DO NOTHING
        """;

    private const string TakeOver =
        """
        UPDATE idempotency AS i
        SET state = 'dispatching', epoch = i.epoch + 1, admission_id = $7,
            lease_until = clock_timestamp() + interval '15 seconds', outcome = NULL, upstream_status = NULL, settled_at = NULL
        FROM agents AS a
        WHERE a.id = $1 AND a.status = 'active' AND a.authority_version = $2 AND $3 > clock_timestamp()
          AND i.agent_id = a.id AND i.key_digest = $4 AND i.fingerprint = $5 AND i.tool = $6
          AND (i.state IN ('released', 'in_doubt') OR (i.state = 'dispatching' AND i.lease_until < clock_timestamp()))
        """;

    // The verdict and its event share one statement, hence one snapshot: what is answered is what was written.
    private const string WriteEvent =
        $"""
        WITH found AS (
            SELECT a.status = 'active' AND a.authority_version = $36 AND $37 > clock_timestamp() AS current,
                   i.admission_id IS NOT DISTINCT FROM $3 AS mine, i.fingerprint = $22 AS same, i.state, i.epoch,
                   i.outcome, i.result, i.upstream_status, i.card
            FROM agents AS a LEFT JOIN idempotency AS i ON i.agent_id = a.id AND i.key_digest = $21
            WHERE a.id = $6
        ), event AS (
            INSERT INTO audit_events ({AuditEvent.Columns})
            SELECT $1, CASE WHEN mine THEN $2 ELSE 'replayed' END, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
                   CASE WHEN mine THEN $17 ELSE 'replay' END, CASE WHEN mine THEN $18 ELSE outcome END, $19, $20,
                   $21, $22, CASE WHEN mine THEN $23 ELSE upstream_status END, $24, $25, $26, $27, $28, $29, $30, $31, epoch, $33, NULL, NULL
            FROM found
            WHERE mine OR (current AND same AND state IN ('succeeded', 'failed'))
            RETURNING at
        )
        SELECT current, mine, same, state, epoch, outcome, result, upstream_status, card, at
        FROM found LEFT JOIN event ON true
        """;

    private readonly Guid _id = Guid.CreateVersion7();

    public NpgsqlBatch Build(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        var agent = request.Permit.Authority.Agent;
        var locks = new NpgsqlBatchCommand(Lock);
        var keys = LockKeys.Sorted(LockKeys.Owner(agent.OwnerId), LockKeys.Agent(agent.Id));
        locks.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = keys });
        batch.BatchCommands.Add(locks);
        if (request.IdempotencyKey is null)
        {
            batch.BatchCommands.Add(EventCommand(ReadEvent, keyDigest: null));
            return batch;
        }

        var keyDigest = KeyDigest.Of(agent.Id, request.IdempotencyKey);
        batch.BatchCommands.Add(ClaimCommand(Claim, keyDigest, withCard: true));
        batch.BatchCommands.Add(ClaimCommand(TakeOver, keyDigest, withCard: false));
        batch.BatchCommands.Add(EventCommand(WriteEvent, keyDigest));
        return batch;
    }

    /// <summary>Reads to the very end: only then has the server confirmed the commit.</summary>
    public async Task<Admission> ReadAsync(NpgsqlDataReader reader, TimeProvider clock)
    {
        await reader.NextResultAsync();
        var found = await reader.ReadAsync();
        Func<Admission> verdict = (found, request.IdempotencyKey) switch
        {
            (false, _) => () => new Admission.StaleAuthority(),
            (true, null) => Admitted(epoch: 0, reader.GetFieldValue<DateTimeOffset>(0), clock),
            (true, _) => WriteVerdict(reader, clock),
        };
        while (await reader.NextResultAsync())
        {
        }

        return verdict();
    }

    private Func<Admission> WriteVerdict(NpgsqlDataReader reader, TimeProvider clock)
    {
        if (reader.GetBoolean(1))
        {
            return Admitted(reader.GetInt32(4), reader.GetFieldValue<DateTimeOffset>(9), clock);
        }

        if (!reader.GetBoolean(0) || reader.IsDBNull(3))
        {
            return () => new Admission.StaleAuthority();
        }

        if (!reader.GetBoolean(2))
        {
            return () => new Admission.KeyReused();
        }

        if (reader.IsDBNull(9))
        {
            return () => new Admission.InProgress();
        }

        var stored = StoredOutcome(reader);
        return () => new Admission.Replay(stored);
    }

    private static Outcome StoredOutcome(NpgsqlDataReader reader) => new()
    {
        Kind = reader.GetString(3) switch
        {
            "succeeded" => OutcomeKind.Succeeded,
            "failed" => OutcomeKind.Failed,
            _ => throw new UnreachableException("Only final states are replayed."),
        },
        Reason = reader.IsDBNull(5) ? null : Reasons.ByCode.GetValueOrDefault(reader.GetString(5), Reasons.UpstreamInvalid),
        Result = reader.GetFieldValue<byte[]>(6),
        UpstreamStatus = reader.IsDBNull(7) ? null : reader.GetInt32(7),
        Card = reader.IsDBNull(8) ? null : reader.GetString(8),
    };

    private Func<Admission> Admitted(int epoch, DateTimeOffset at, TimeProvider clock) =>
        () => new Admission.Admitted(_id, request, epoch, at + Admission.Lifetime, clock.GetTimestamp());

    private NpgsqlBatchCommand ClaimCommand(string sql, byte[] keyDigest, bool withCard)
    {
        var authority = request.Permit.Authority;
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = authority.Agent.Id });
        AddAuthority(command.Parameters, authority);
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = keyDigest });
        command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = request.Fingerprint });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.Permit.Rule.Tool });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _id });
        if (withCard)
        {
            object card = request.Permit.Card is { } key ? key.ToString() : DBNull.Value;
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = card });
        }

        return command;
    }

    private NpgsqlBatchCommand EventCommand(string sql, byte[]? keyDigest)
    {
        var permit = request.Permit;
        var command = new AuditEvent
        {
            Kind = "admitted",
            Decision = "allow",
            AdmissionId = _id,
            Origin = request.Origin,
            Authority = permit.Authority,
            Tool = permit.Rule.Tool,
            Projects = permit.Projects,
            Card = permit.Card?.ToString(),
            Scope = permit.Rule.Scope,
            Effect = permit.Rule.Effect == Effect.Write ? "write" : "read",
            ManifestDigest = request.ManifestDigest,
            KeyDigest = keyDigest,
            ArgumentDigest = request.Fingerprint,
        }.ToCommand(sql);
        AddAuthority(command.Parameters, permit.Authority);
        return command;
    }

    private static void AddAuthority(NpgsqlParameterCollection parameters, Authority authority)
    {
        parameters.Add(new NpgsqlParameter<long> { TypedValue = authority.Version });
        parameters.Add(
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.TimestampTz, Value = authority.ValidUntil.ToUniversalTime() });
    }
}
