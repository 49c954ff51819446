using AgentGateway.Gateway.Ledger;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Sessions;

/// <summary>A call whose outcome is known, by its key.</summary>
internal sealed record SettledChange(string AgentId, byte[] KeyDigest, OutcomeKind Kind, bool CardGone);

/// <summary>
/// Makes the noted change of a session, once, whoever comes first. What begins or ends a session holds the exclusive locks of
/// the agents concerned and raises their versions, so that no admission rests on the sessions from before.
/// </summary>
internal sealed class SessionChanges(NpgsqlDataSource database)
{
    private const string Take =
        """
        DELETE FROM work_session_changes WHERE agent_id = @AgentId AND key_digest = @KeyDigest
        RETURNING session_id AS sessionid, step, status, done, outcome, takes_over AS takesover, last_key AS lastkey, fingerprint
        """;

    // One that was ended meanwhile stays ended, and Tasker, which has just begun it, is told so.
    private const string Begin =
        """
        UPDATE work_sessions
        SET started_at = coalesce(started_at, clock_timestamp()), reported_at = clock_timestamp(), status = 'working',
            tell_at = CASE WHEN ended_at IS NULL THEN tell_at ELSE clock_timestamp() END
        WHERE id = @SessionId
        """;

    private const string Report =
        """
        UPDATE work_sessions
        SET status = @Status, done = (SELECT coalesce(array_agg(DISTINCT n ORDER BY n), '{}') FROM unnest(done || @Done) AS n),
            reported_at = clock_timestamp(), reports = reports + 1, last_key = @LastKey, last_fingerprint = @Fingerprint
        WHERE id = @SessionId AND ended_at IS NULL
        """;

    private const string Finish =
        """
        UPDATE work_sessions
        SET ended_at = clock_timestamp(), ended_because = 'finished', outcome = @Outcome, reported_at = clock_timestamp(),
            last_key = @LastKey, last_fingerprint = @Fingerprint
        WHERE id = @SessionId AND ended_at IS NULL
        """;

    // A wish that Tasker refused is nothing; another attempt under another key may still be under way.
    private const string Forget =
        """
        DELETE FROM work_sessions AS s WHERE id = @SessionId AND started_at IS NULL
        AND NOT EXISTS (SELECT FROM work_session_changes AS c WHERE c.session_id = s.id)
        """;

    /// <returns>False: there was nothing to make any more.</returns>
    public async Task<bool> MakeAsync(SettledChange settled)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var noted = await PeekAsync(connection, settled);
        if (noted is null)
        {
            return false;
        }

        if (settled.Kind != OutcomeKind.Released && (noted.Step != "report" || settled.CardGone))
        {
            await LockAsync(connection, settled.AgentId, noted.TakesOver);
        }

        // Another replica may have been here while this one waited for the locks.
        if (await connection.QuerySingleOrDefaultAsync<Noted>(Take, settled) is not { } mine)
        {
            return false;
        }

        await ApplyAsync(connection, settled, mine);
        await transaction.CommitAsync(CancellationToken.None);
        return true;
    }

    private static Task<Noted?> PeekAsync(NpgsqlConnection connection, SettledChange settled) =>
        connection.QuerySingleOrDefaultAsync<Noted>(
            """
            SELECT session_id AS sessionid, step, takes_over AS takesover FROM work_session_changes
            WHERE agent_id = @AgentId AND key_digest = @KeyDigest
            """,
            settled);

    private static async Task ApplyAsync(NpgsqlConnection connection, SettledChange settled, Noted noted)
    {
        switch (settled.Kind, noted.Step)
        {
            case (OutcomeKind.Succeeded, "open"):
                await connection.ExecuteAsync(Begin, noted);
                if (noted.TakesOver is { } relieved)
                {
                    await SessionEnds.EndOneAsync(connection, relieved, "taken_over", settled.AgentId);
                }

                break;
            case (OutcomeKind.Succeeded, "report"):
                await connection.ExecuteAsync(Report, noted);
                break;
            case (OutcomeKind.Succeeded, "close"):
                await connection.ExecuteAsync(Finish, noted);
                break;
            case (OutcomeKind.Failed, "open"):
                await connection.ExecuteAsync(Forget, noted);
                break;
            case (OutcomeKind.Failed, _) when settled.CardGone:
                await SessionEnds.EndOneAsync(connection, noted.SessionId, "card_gone", settled.AgentId);
                break;
            default:
                // Not done: a retry finds the session as it was.
                break;
        }
    }

    // The agents' rows before any session's row, as everywhere.
    private static async Task LockAsync(NpgsqlConnection connection, string agentId, Guid? relieved)
    {
        await connection.ExecuteAsync("SELECT set_config('lock_timeout', '5s', true), set_config('statement_timeout', '6s', true)");
        var other = relieved is null
            ? null
            : await connection.ExecuteScalarAsync<string>("SELECT agent_id FROM work_sessions WHERE id = @relieved", new { relieved });
        string[] agents = other is null || other == agentId ? [agentId] : [agentId, other];
        await connection.ExecuteAsync(
            "SELECT pg_advisory_xact_lock(key) FROM unnest(@Keys) AS key",
            new { Keys = LockKeys.Sorted([.. agents.Select(LockKeys.Agent)]) });
        await connection.ExecuteAsync(
            """
            WITH held AS MATERIALIZED (SELECT id FROM agents WHERE id = ANY(@agents) ORDER BY id FOR NO KEY UPDATE)
            UPDATE agents SET authority_version = authority_version + 1 WHERE id IN (SELECT id FROM held)
            """,
            new { agents });
    }

    private sealed record Noted
    {
        public Guid SessionId { get; init; }

        public string Step { get; init; } = "";

        public string? Status { get; init; }

        public int[] Done { get; init; } = [];

        public string? Outcome { get; init; }

        public Guid? TakesOver { get; init; }

        public string LastKey { get; init; } = "";

        public byte[] Fingerprint { get; init; } = [];
    }
}
