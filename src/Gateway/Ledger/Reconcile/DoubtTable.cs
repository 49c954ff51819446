using System.Collections.Frozen;
using AgentGateway.Policy;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Ledger.Reconcile;

/// <summary>Finds writes in doubt and settles them, each once: a row that moved on meanwhile is left as it is.</summary>
internal sealed class DoubtTable(NpgsqlDataSource database)
{
    // A lease outlasts the last moment at which Tasker takes the call by five seconds, so nothing is under way any more.
    // Tasker keeps keys for thirty days: of an older one it could not say that it never had an effect.
    private const string TakeSql =
        """
        WITH due AS (
            SELECT agent_id, key_digest FROM idempotency
            WHERE state IN ('dispatching', 'in_doubt') AND lease_until < clock_timestamp()
              AND coalesce(next_attempt_at, '-infinity') <= clock_timestamp()
              AND tasker_key IS NOT NULL AND project_id IS NOT NULL AND tombstoned_at IS NULL
              AND created_at > clock_timestamp() - interval '29 days'
            ORDER BY next_attempt_at NULLS FIRST LIMIT @Batch FOR UPDATE SKIP LOCKED
        ), taken AS (
            UPDATE idempotency AS i
            SET attempts = i.attempts + 1,
                next_attempt_at = clock_timestamp()
                    + least(interval '5 minutes', interval '5 seconds' * power(2, least(i.attempts, 6)))
            FROM due WHERE i.agent_id = due.agent_id AND i.key_digest = due.key_digest
            RETURNING i.agent_id, i.key_digest, i.admission_id, i.epoch, i.generation, i.tasker_key, i.tool, i.card, i.project_id
        )
        SELECT t.key_digest AS keydigest, t.admission_id AS admissionid, t.epoch, t.generation, t.tasker_key AS taskerkey,
               t.tool, t.card, a.id AS agentid, a.name, a.owner_id AS ownerid, a.owner_name AS ownername, a.workspace,
               g.project_id AS projectid, g.project_key AS projectkey, g.project_name AS projectname, g.scopes
        FROM taken AS t JOIN agents AS a ON a.id = t.agent_id
        JOIN grants AS g ON g.agent_id = t.agent_id AND g.project_id = t.project_id
        """;

    private const string SettleSql =
        """
        UPDATE idempotency
        SET state = @State, outcome = @Reason, result = @Kept, upstream_status = @UpstreamStatus,
            card = coalesce(@Card, card), settled_at = clock_timestamp(), generation = generation + @Fenced
        WHERE agent_id = @AgentId AND key_digest = @KeyDigest AND admission_id = @AdmissionId AND epoch = @Epoch
          AND generation = @Generation AND state IN ('dispatching', 'in_doubt') AND tombstoned_at IS NULL
        """;

    /// <summary>Those that are due, to one replica each; they are due again later, whatever becomes of this attempt.</summary>
    public async Task<IReadOnlyList<Doubt>> TakeAsync(int batch, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(TakeSql, new { Batch = batch }, cancellationToken: cancel));
        return [.. rows.Select(row => row.ToDoubt())];
    }

    /// <summary>How many have been in doubt for longer than anyone should have to wait.</summary>
    public async Task<long> OverdueAsync(TimeSpan patience, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT count(*) FROM idempotency
            WHERE state IN ('dispatching', 'in_doubt') AND lease_until < clock_timestamp() - @patience AND tombstoned_at IS NULL
            """,
            new { patience }, cancellationToken: cancel));
    }

    /// <summary>State and event in one transaction, or neither.</summary>
    /// <returns>False: the row moved on meanwhile, and nothing was written.</returns>
    public async Task<bool> SettleAsync(Doubt doubt, Outcome outcome, bool fenced)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var final = outcome.Kind is OutcomeKind.Succeeded or OutcomeKind.Failed;
        var state = outcome.Kind switch
        {
            OutcomeKind.Succeeded => "succeeded",
            OutcomeKind.Failed => "failed",
            OutcomeKind.Released => "released",
            _ => throw new InvalidOperationException("A doubt is not settled by another."),
        };
        var settled = await connection.ExecuteAsync(
            SettleSql,
            new
            {
                State = state,
                Reason = outcome.Reason?.Code,
                Kept = final ? outcome.Result : null,
                outcome.UpstreamStatus,
                outcome.Card,
                Fenced = fenced ? 1 : 0,
                AgentId = doubt.Agent.Id,
                doubt.KeyDigest,
                doubt.AdmissionId,
                doubt.Epoch,
                doubt.Generation,
            },
            transaction);
        if (settled == 0)
        {
            return false;
        }

        await EventOf(doubt, outcome, state).AppendAsync(connection, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private static AuditEvent EventOf(Doubt doubt, Outcome outcome, string state) => new()
    {
        Kind = "settled",
        Decision = state,
        Cause = "reconciled",
        AdmissionId = doubt.AdmissionId,
        Origin = doubt.Asked?.Origin,
        Authority = doubt.Asked?.Permit.Authority,
        Agent = doubt.Agent,
        Tool = doubt.Tool,
        Projects = doubt.Projects,
        Card = outcome.Card ?? doubt.Card,
        Scope = doubt.Asked?.Permit.Rule.Scope,
        Effect = "write",
        Reason = outcome.Reason?.Code,
        ManifestDigest = doubt.Asked?.ManifestDigest,
        KeyDigest = doubt.KeyDigest,
        ArgumentDigest = doubt.Asked?.Fingerprint,
        UpstreamStatus = outcome.UpstreamStatus,
        Duration = outcome.Duration,
        Epoch = doubt.Epoch,
    };

    private sealed record Row
    {
        public byte[] KeyDigest { get; init; } = [];

        public Guid AdmissionId { get; init; }

        public int Epoch { get; init; }

        public int Generation { get; init; }

        public string TaskerKey { get; init; } = "";

        public string Tool { get; init; } = "";

        public string? Card { get; init; }

        public string AgentId { get; init; } = "";

        public string Name { get; init; } = "";

        public string OwnerId { get; init; } = "";

        public string OwnerName { get; init; } = "";

        public string Workspace { get; init; } = "";

        public Guid ProjectId { get; init; }

        public string ProjectKey { get; init; } = "";

        public string ProjectName { get; init; } = "";

        public string[] Scopes { get; init; } = [];

        // Only to read an answer: mode and scopes allow nothing here, and an agent that was revoked gets its outcome all the same.
        public Doubt ToDoubt() => new()
        {
            Agent = new Agent
            {
                Id = AgentId,
                Name = Name,
                OwnerId = OwnerId,
                OwnerName = OwnerName,
                Workspace = Workspace,
                Mode = AgentMode.ReadOnly,
            },
            KeyDigest = KeyDigest,
            AdmissionId = AdmissionId,
            Epoch = Epoch,
            Generation = Generation,
            TaskerKey = TaskerKey,
            Tool = Tool,
            Card = Card,
            Projects =
            [
                new Grant
                {
                    ProjectId = ProjectId, Key = ProjectKey, Name = ProjectName,
                    Scopes = Scopes.ToFrozenSet(StringComparer.Ordinal),
                },
            ],
        };
    }
}
