using Dapper;
using Npgsql;

namespace AgentGateway.Launcher.Delivery;

/// <summary>Delivers one message at a time, the oldest of its person and client first; no two launchers hold the same one.</summary>
internal sealed class Outbox(NpgsqlDataSource database, GatewayClient gateway, ILogger<Outbox> log)
{
    /// <summary>False when nothing is due.</summary>
    public async Task<bool> DeliverOneAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await ClaimAsync(connection, cancel) is not { } push)
        {
            return false;
        }

        // The row stays locked while the call runs: a launcher that dies lets go of it, and another sends it again.
        var attempt = await gateway.PushAsync(push, cancel);
        await (attempt switch
        {
            Attempt.Acknowledged done => SettleAsync(connection, push, done),
            Attempt.Failed failure => PostponeAsync(connection, push, failure),
            _ => throw new System.Diagnostics.UnreachableException(),
        });

        // Not cancelled any more: an answer that was given should not be asked for twice.
        await transaction.CommitAsync(CancellationToken.None);
        Report(push, attempt);
        return true;
    }

    // Versions of one person and client are committed in their order (the user's row is locked meanwhile), so
    // whoever sees a version sees the ones before it; a row that was settled since then fails the re-check of its state.
    private static Task<Push?> ClaimAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<Push?>(new CommandDefinition(
            """
            SELECT id, client_id, user_id, module, attempts, enabled, blocked, reason, actor, version, occurred_at
            FROM outbox AS o
            WHERE state = 'pending' AND next_attempt_at <= now()
              AND NOT EXISTS (
                  SELECT FROM outbox AS earlier
                  WHERE earlier.client_id = o.client_id AND earlier.user_id = o.user_id AND earlier.module = o.module
                    AND earlier.version < o.version AND earlier.state = 'pending')
            ORDER BY id LIMIT 1
            FOR UPDATE SKIP LOCKED
            """,
            cancellationToken: cancel));

    private static Task<int> SettleAsync(NpgsqlConnection connection, Push push, Attempt.Acknowledged done) => connection.ExecuteAsync(
        """
        UPDATE outbox SET state = 'delivered', attempts = attempts + 1, last_attempt_at = clock_timestamp(),
                          delivered_at = clock_timestamp(), last_error = NULL, applied = @Applied
        WHERE id = @Id
        """,
        new { push.Id, done.Applied });

    // What is refused for its content would block a newer version, perhaps the one that takes the entitlement away.
    private static Task<int> PostponeAsync(NpgsqlConnection connection, Push push, Attempt.Failed failure) => connection.ExecuteAsync(
        """
        UPDATE outbox AS o
        SET attempts = attempts + 1, last_attempt_at = clock_timestamp(), last_error = @Error,
            next_attempt_at = clock_timestamp() + @Wait,
            state = CASE WHEN @ContentRefused AND EXISTS (
                SELECT FROM outbox AS newer
                WHERE newer.client_id = o.client_id AND newer.user_id = o.user_id AND newer.module = o.module
                  AND newer.version > o.version) THEN 'superseded' ELSE 'pending' END
        WHERE id = @Id
        """,
        new { push.Id, failure.Error, failure.ContentRefused, Wait = Backoff.After(push.Attempts + 1) });

    private void Report(Push push, Attempt attempt)
    {
        if (attempt is Attempt.Failed failure)
        {
            log.NotDelivered(push.Version, push.ClientId, push.UserId, failure.Error, push.Attempts + 1);
        }
        else
        {
            log.Delivered(push.Version, push.ClientId, push.UserId);
        }
    }
}
