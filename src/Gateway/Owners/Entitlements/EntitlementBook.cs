using AgentGateway.Gateway.Ledger;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>
/// Keeps the newest word of the Launcher. Once a change has returned, no admission of the owner's agents on any replica rests
/// on the word before.
/// </summary>
internal sealed class EntitlementBook(NpgsqlDataSource database)
{
    private const string Select =
        """
        SELECT client_id AS clientid, user_id AS userid, enabled, blocked, reason, actor, version,
               occurred_at AS occurredat, received_at AS receivedat
        FROM entitlements WHERE user_id = @userId AND client_id = @clientId
        """;

    public async Task<EntitlementView?> FindAsync(string clientId, string userId, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<EntitlementView>(
            new CommandDefinition(Select, new { clientId, userId }, cancellationToken: cancel));
    }

    /// <summary>An older or equal version changes nothing.</summary>
    public async Task<AppliedAnswer> ApplyAsync(string clientId, string userId, EntitlementBody word, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT set_config('lock_timeout', '5s', true), set_config('statement_timeout', '6s', true)",
            transaction: transaction, cancellationToken: cancel));
        await connection.ExecuteAsync(new CommandDefinition(
            "SELECT pg_advisory_xact_lock(@Key)",
            new { Key = LockKeys.Owner(userId) }, transaction, commandTimeout: 7, cancellationToken: cancel));
        var applied = await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO entitlements (client_id, user_id, enabled, blocked, reason, actor, version, occurred_at)
            VALUES (@clientId, @userId, @Enabled, @Blocked, @Reason, @Actor, @Version, @At)
            ON CONFLICT (user_id, client_id) DO UPDATE
            SET enabled = excluded.enabled, blocked = excluded.blocked, reason = excluded.reason, actor = excluded.actor,
                version = excluded.version, occurred_at = excluded.occurred_at, received_at = clock_timestamp()
            WHERE entitlements.version < excluded.version
            """,
            new
            {
                clientId,
                userId,
                word.Enabled,
                word.Blocked,
                word.Reason,
                word.Actor,
                word.Version,
                At = word.OccurredAt.UtcDateTime,
            },
            transaction, cancellationToken: cancel)) == 1;
        if (applied)
        {
            // Every cached authority of the owner's agents is out of date from here on.
            await connection.ExecuteAsync(new CommandDefinition(
                "UPDATE agents SET authority_version = authority_version + 1 WHERE owner_id = @userId",
                new { userId }, transaction, commandTimeout: 7, cancellationToken: cancel));
            await AppendAsync(connection, clientId, userId, word, cancel);
        }

        var stored = await connection.QuerySingleAsync<EntitlementView>(
            new CommandDefinition(Select, new { clientId, userId }, transaction, cancellationToken: cancel));
        await transaction.CommitAsync(cancel);
        return new AppliedAnswer(applied, stored);
    }

    private static async Task AppendAsync(
        NpgsqlConnection connection, string clientId, string userId, EntitlementBody word, CancellationToken cancel)
    {
        var what = word.Blocked ? "entitlement_blocked" : word.Enabled ? "entitlement_enabled" : "entitlement_disabled";
        await using var command = new NpgsqlCommand(AuditEvent.Insert, connection);
        new AuditEvent
        {
            Kind = "lifecycle",
            Decision = what,
            Cause = $"client {clientId}, version {word.Version}: {word.Reason}",
            Actor = word.Actor,
            OwnerId = userId,
        }.AddTo(command.Parameters);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
