using AgentGateway.Gateway.Ledger;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Sessions;

/// <summary>
/// Makes up for what a call's own process could not do: changes whose outcome was learnt later, ends that Tasker has not been
/// told, sessions that were only wished for. Replicas share the work row by row.
/// </summary>
internal sealed class SessionRound(
    NpgsqlDataSource database, SessionChanges changes, SessionComments comments, SessionTerms terms, TimeProvider clock,
    ILogger<SessionRound> log) : Recurring(TimeSpan.FromSeconds(5), clock)
{
    private const int Batch = 50;

    // A process that is alive makes its change right after the settlement; only what is older is anybody's.
    private const string Settled =
        """
        SELECT c.agent_id AS agentid, c.key_digest AS keydigest, coalesce(i.state, 'released') AS state,
               coalesce(i.outcome = 'card_not_found', false) AS cardgone
        FROM work_session_changes AS c
        LEFT JOIN idempotency AS i ON i.agent_id = c.agent_id AND i.key_digest = c.key_digest
        WHERE c.noted_at < clock_timestamp() - interval '20 seconds'
          AND coalesce(i.state, 'released') IN ('succeeded', 'failed', 'released')
        ORDER BY c.noted_at LIMIT @Batch
        """;

    private const string Due =
        """
        WITH due AS (
            SELECT id FROM work_sessions WHERE tell_at <= clock_timestamp()
            ORDER BY tell_at LIMIT @Batch FOR UPDATE SKIP LOCKED
        )
        UPDATE work_sessions AS s
        SET tell_attempts = s.tell_attempts + 1,
            tell_at = clock_timestamp() + least(interval '5 minutes', interval '5 seconds' * power(2, least(s.tell_attempts, 6)))
        FROM due, agents AS a
        WHERE s.id = due.id AND a.id = s.agent_id
        RETURNING s.id, s.agent_id AS agentid, s.project_id AS projectid, s.project_key AS projectkey, s.card_number AS cardnumber,
                  s.goal, s.plan, s.done, s.ended_because AS endedbecause, a.name, a.owner_id AS ownerid, a.workspace,
                  clock_timestamp() AS now
        """;

    /// <summary>One round; also what tests call.</summary>
    public async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var settled = await connection.QueryAsync<Left>(new CommandDefinition(Settled, new { Batch }, cancellationToken: cancel));
        foreach (var left in settled)
        {
            await changes.MakeAsync(left.ToChange());
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            DELETE FROM work_sessions AS s
            WHERE s.started_at IS NULL AND s.created_at < clock_timestamp() - @Wish
              AND NOT EXISTS (SELECT FROM work_session_changes AS c WHERE c.session_id = s.id)
            """,
            new { terms.Wish }, cancellationToken: cancel));

        foreach (var due in await connection.QueryAsync<UntoldEnd>(new CommandDefinition(Due, new { Batch }, cancellationToken: cancel)))
        {
            if (await comments.TellAsync(due, cancel))
            {
                await connection.ExecuteAsync(new CommandDefinition(
                    "UPDATE work_sessions SET tell_at = NULL WHERE id = @Id", new { due.Id }, cancellationToken: cancel));
            }
        }
    }

    protected override Task RoundAsync(CancellationToken stopping) => RunOnceAsync(stopping);

    protected override void Tell(Exception failure) => log.SessionsWait(failure.GetType().Name);

    private sealed record Left(string AgentId, byte[] KeyDigest, string State, bool CardGone)
    {
        public SettledChange ToChange() => new(
            AgentId,
            KeyDigest,
            State switch
            {
                "succeeded" => OutcomeKind.Succeeded,
                "failed" => OutcomeKind.Failed,
                _ => OutcomeKind.Released,
            },
            CardGone);
    }
}
