using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes.Statements;

/// <summary>
/// The statements about idempotency keys, in order: claim, take over, and a later one (so with a fresh look) that reads what
/// the losers lost to, in this very flush too.
/// </summary>
internal static class KeyStatements
{
    private const string Judged =
        "WITH judged AS MATERIALIZED (SELECT nullif(current_setting('gateway.go', true), '')::boolean[] AS go)";

    private const string ClaimSql =
        $"""
        {Judged}
        INSERT INTO idempotency (agent_id, key_digest, fingerprint, tool, state, epoch, admission_id, lease_until, card,
                                 tasker_key, project_id)
        SELECT agent_id, key_digest, fingerprint, tool, 'dispatching', 1, admission_id,
               clock_timestamp() + interval '15 seconds', card, tasker_key, project_id
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS c(n, agent_id, key_digest, fingerprint, tool, admission_id, card, tasker_key, project_id)
        WHERE (SELECT go FROM judged)[n]
        ORDER BY agent_id, key_digest
        ON CONFLICT (agent_id, key_digest) DO NOTHING
        """;

    private const string TakeOverSql =
        $"""
        {Judged}
        UPDATE idempotency AS i
        SET state = 'dispatching', epoch = i.epoch + 1, admission_id = c.admission_id,
            lease_until = clock_timestamp() + interval '15 seconds', outcome = NULL, upstream_status = NULL, settled_at = NULL,
            attempts = 0, next_attempt_at = NULL
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8)
            AS c(n, agent_id, key_digest, fingerprint, tool, admission_id, epoch, generation)
        WHERE (SELECT go FROM judged)[n] AND i.agent_id = c.agent_id AND i.key_digest = c.key_digest
          AND i.fingerprint = c.fingerprint AND i.tool = c.tool AND i.epoch = c.epoch
          AND i.generation = c.generation AND i.state = 'released' AND i.tombstoned_at IS NULL
        """;

    private const string LearnSql =
        """
        SELECT c.n, i.admission_id, i.epoch, i.fingerprint = c.fingerprint, i.state,
               i.state = 'in_doubt' OR (i.state = 'dispatching' AND i.lease_until < clock_timestamp()),
               i.outcome, i.result, i.upstream_status, i.card, i.generation, i.tombstoned_at IS NOT NULL
        FROM unnest($1, $2, $3, $4, $5) AS c(n, agent_id, key_digest, fingerprint, admission_id)
        JOIN idempotency AS i ON i.agent_id = c.agent_id AND i.key_digest = c.key_digest
        WHERE i.admission_id <> c.admission_id
        """;

    public static NpgsqlBatchCommand Claim(IReadOnlyList<Placed> claims) => new NpgsqlBatchCommand(ClaimSql)
        .Column(claims, c => c.Place)
        .Column(claims, c => c.Call.Authority.Agent.Id)
        .Column(claims, c => c.Call.KeyDigest)
        .Column(claims, c => c.Call.Request.Fingerprint)
        .Column(claims, c => c.Call.Request.Permit.Rule.Tool)
        .Column(claims, c => c.Call.Id)
        .Column(claims, c => c.Call.Request.Permit.Card?.ToString())
        .Column(claims, c => c.Call.Request.TaskerKey)
        .Column(claims, c => c.Call.OnlyProject);

    public static NpgsqlBatchCommand TakeOver(IReadOnlyList<Placed> takeOvers) => new NpgsqlBatchCommand(TakeOverSql)
        .Column(takeOvers, c => c.Place)
        .Column(takeOvers, c => c.Call.Authority.Agent.Id)
        .Column(takeOvers, c => c.Call.KeyDigest)
        .Column(takeOvers, c => c.Call.Request.Fingerprint)
        .Column(takeOvers, c => c.Call.Request.Permit.Rule.Tool)
        .Column(takeOvers, c => c.Call.Id)
        .Column(takeOvers, c => c.Call.TakesOver ?? 0)
        .Column(takeOvers, c => c.Call.Generation);

    public static NpgsqlBatchCommand Learn(IReadOnlyList<Placed> writes) => new NpgsqlBatchCommand(LearnSql)
        .Column(writes, c => c.Place)
        .Column(writes, c => c.Call.Authority.Agent.Id)
        .Column(writes, c => c.Call.KeyDigest)
        .Column(writes, c => c.Call.Request.Fingerprint)
        .Column(writes, c => c.Call.Id);

    /// <summary>The place of the call it is about, and the holder.</summary>
    public static (int Place, KeyHolder Holder) ReadHolder(NpgsqlDataReader reader)
    {
        var state = reader.GetString(4);
        return (reader.GetInt32(0), new KeyHolder(
            reader.GetGuid(1), reader.GetInt32(2), reader.GetBoolean(3),
            state is "succeeded" or "failed" && !reader.IsDBNull(7) ? StoredOutcome(reader, state) : null, state == "released")
        {
            IsInDoubt = reader.GetBoolean(5),
            Generation = reader.GetInt32(10),
            IsExpired = reader.GetBoolean(11),
        });
    }

    private static Outcome StoredOutcome(NpgsqlDataReader reader, string state) => new()
    {
        Kind = state == "succeeded" ? OutcomeKind.Succeeded : OutcomeKind.Failed,
        Reason = reader.IsDBNull(6)
            ? null
            : Policy.Reasons.ByCode.GetValueOrDefault(reader.GetString(6), Policy.Reasons.UpstreamInvalid),
        Result = reader.GetFieldValue<byte[]>(7),
        UpstreamStatus = reader.IsDBNull(8) ? null : reader.GetInt32(8),
        Card = reader.IsDBNull(9) ? null : reader.GetString(9),
    };
}

/// <summary>A call and its place, from 1, among the admissions of the flush.</summary>
internal readonly record struct Placed(int Place, PendingAdmission Call);
