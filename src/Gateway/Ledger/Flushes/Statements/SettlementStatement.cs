using Npgsql;

namespace AgentGateway.Gateway.Ledger.Flushes.Statements;

/// <summary>Stores outcomes; a row that another attempt took over meanwhile is left as it is.</summary>
internal static class SettlementStatement
{
    private const string Sql =
        """
        UPDATE idempotency AS i
        SET state = s.state, outcome = s.outcome, result = s.result, upstream_status = s.upstream_status,
            card = coalesce(s.card, i.card), settled_at = clock_timestamp()
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9)
            AS s(agent_id, key_digest, admission_id, epoch, state, outcome, result, upstream_status, card)
        WHERE i.agent_id = s.agent_id AND i.key_digest = s.key_digest AND i.admission_id = s.admission_id
          AND i.epoch = s.epoch AND i.state = 'dispatching'
        """;

    public static NpgsqlBatchCommand Command(IReadOnlyList<PendingSettlement> settlements) => new NpgsqlBatchCommand(Sql)
        .Column(settlements, s => s.AgentId)
        .Column(settlements, s => s.KeyDigest)
        .Column(settlements, s => s.Admission.Id)
        .Column(settlements, s => s.Admission.Epoch)
        .Column(settlements, s => s.State)
        .Column(settlements, s => s.Outcome.Reason?.Code)
        .Column(settlements, s => s.KeptResult)
        .Column(settlements, s => s.Outcome.UpstreamStatus)
        .Column(settlements, s => s.Outcome.Card);
}
