using AgentGateway.Policy;
using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Ledger;

/// <summary>
/// The settlement transaction: the outcome is stored only under the very admission and epoch that sent the call.
/// </summary>
internal sealed class Settlement(Admission.Admitted admission, Outcome outcome)
{
    private const string Store =
        """
        UPDATE idempotency
        SET state = $5, outcome = $6, result = $7, upstream_status = $8, card = coalesce($9, card), settled_at = clock_timestamp()
        WHERE agent_id = $1 AND key_digest = $2 AND admission_id = $3 AND epoch = $4 AND state = 'dispatching'
        """;

    // An attempt that was overtaken still says how it ended, and that its outcome was not the one kept.
    private const string Append =
        $"""
        INSERT INTO audit_events ({AuditEvent.Columns})
        SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
               CASE WHEN EXISTS (SELECT FROM idempotency
                                 WHERE agent_id = $6 AND key_digest = $21 AND admission_id = $3 AND epoch = $32)
                    THEN $19 ELSE 'overtaken' END,
               $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, NULL, NULL
        """;

    private readonly Permit _permit = admission.Request.Permit;

    private byte[]? StoredKey =>
        admission.Request.IdempotencyKey is { } key ? KeyDigest.Of(_permit.Authority.Agent.Id, key) : null;

    private string State => outcome.Kind switch
    {
        OutcomeKind.Succeeded => "succeeded",
        OutcomeKind.Failed => "failed",
        OutcomeKind.Released => "released",
        _ => "in_doubt",
    };

    public AuditEvent Event => new()
    {
        Kind = "settled",
        Decision = State,
        AdmissionId = admission.Id,
        Origin = admission.Request.Origin,
        Authority = _permit.Authority,
        Tool = _permit.Rule.Tool,
        Projects = _permit.Projects,
        Card = outcome.Card ?? _permit.Card?.ToString(),
        Scope = _permit.Rule.Scope,
        Effect = _permit.Rule.Effect == Effect.Write ? "write" : "read",
        Reason = outcome.Reason?.Code,
        ManifestDigest = admission.Request.ManifestDigest,
        KeyDigest = StoredKey,
        ArgumentDigest = admission.Request.Fingerprint,
        UpstreamStatus = outcome.UpstreamStatus,
        Duration = outcome.Duration,
        Epoch = admission.Epoch == 0 ? null : admission.Epoch,
    };

    public NpgsqlBatch Build(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        var store = new NpgsqlBatchCommand(Store);
        var final = outcome.Kind is OutcomeKind.Succeeded or OutcomeKind.Failed;
        Add(store, NpgsqlDbType.Text, _permit.Authority.Agent.Id);
        Add(store, NpgsqlDbType.Bytea, StoredKey);
        Add(store, NpgsqlDbType.Uuid, admission.Id);
        Add(store, NpgsqlDbType.Integer, admission.Epoch);
        Add(store, NpgsqlDbType.Text, State);
        Add(store, NpgsqlDbType.Text, outcome.Reason?.Code);
        Add(store, NpgsqlDbType.Bytea, final ? outcome.Result : null);
        Add(store, NpgsqlDbType.Integer, outcome.UpstreamStatus);
        Add(store, NpgsqlDbType.Text, outcome.Card);
        batch.BatchCommands.Add(store);
        batch.BatchCommands.Add(Event.ToCommand(Append));
        return batch;
    }

    private static void Add(NpgsqlBatchCommand command, NpgsqlDbType type, object? value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value ?? DBNull.Value });
}
