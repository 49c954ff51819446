using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Sessions;
using Dapper;
using Npgsql;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>
/// Keeps the newest word of the Launcher. Once a change has returned, no admission of the owner's agents on any replica rests
/// on the word before.
/// </summary>
internal sealed class EntitlementBook(NpgsqlDataSource database)
{
    /// <summary>Who made a change that was asked for: the Launcher's answer names nobody.</summary>
    private const string Puller = "launcher (asked)";

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
        await LedgerDatabase.LockPatientlyAsync(transaction, LockKeys.Owner(userId), cancel);
        var applied = await connection.ExecuteAsync(new CommandDefinition(
            """
            INSERT INTO entitlements (client_id, user_id, enabled, blocked, reason, actor, version, occurred_at)
            VALUES (@clientId, @userId, @Enabled, @Blocked, @Reason, @Actor, @Version, @At)
            ON CONFLICT (user_id, client_id) DO UPDATE
            SET enabled = excluded.enabled, blocked = excluded.blocked, reason = excluded.reason, actor = excluded.actor,
                version = excluded.version, occurred_at = excluded.occurred_at, received_at = clock_timestamp(),
                confirmed_at = clock_timestamp()
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
                new { userId }, transaction, LedgerDatabase.ChangeSeconds, cancellationToken: cancel));
            await AppendAsync(connection, clientId, userId, word, cancel);
            if (!await OwnerStanding.IsEntitledAsync(connection, userId, required: false, cancel))
            {
                await SessionEnds.OfOwnerAsync(connection, userId, "owner_blocked", word.Actor, cancel);
            }
        }

        var stored = await connection.QuerySingleAsync<EntitlementView>(
            new CommandDefinition(Select, new { clientId, userId }, transaction, cancellationToken: cancel));
        await LedgerDatabase.CommitPatientlyAsync(transaction, cancel);
        return new AppliedAnswer(applied, stored);
    }

    /// <summary>
    /// Applies what is newer in the Launcher's answer, then notes which of its words hold as of the time of the question: only
    /// those that are what is stored here, in version and in content.
    /// </summary>
    /// <returns>How many do.</returns>
    public async Task<int> ConfirmAsync(
        string userId, AccessAnswer answer, DateTime asOf, DateTimeOffset occurred, CancellationToken cancel)
    {
        foreach (var client in answer.Clients)
        {
            if (await FindAsync(client.Client, userId, cancel) is not { } known || known.Version < client.Version)
            {
                var word = new EntitlementBody
                {
                    Enabled = client.Enabled,
                    Blocked = answer.Blocked,
                    Reason = client.Reason,
                    Actor = Puller,
                    Version = client.Version,
                    OccurredAt = occurred,
                };
                await ApplyAsync(client.Client, userId, word, cancel);
            }
        }

        // It only prolongs: no authority has to be read again for it, so neither lock nor version is touched.
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteAsync(new CommandDefinition(
            """
            UPDATE entitlements AS e SET confirmed_at = greatest(e.confirmed_at, @asOf)
            FROM unnest(@Clients, @Versions, @Enabled) AS said (client, version, enabled)
            WHERE e.user_id = @userId AND e.client_id = said.client AND e.version = said.version
              AND e.enabled = said.enabled AND e.blocked = @Blocked
            """,
            new
            {
                userId,
                asOf,
                answer.Blocked,
                Clients = answer.Clients.Select(client => client.Client).ToArray(),
                Versions = answer.Clients.Select(client => client.Version).ToArray(),
                Enabled = answer.Clients.Select(client => client.Enabled).ToArray(),
            },
            cancellationToken: cancel));
    }

    private static Task AppendAsync(
        NpgsqlConnection connection, string clientId, string userId, EntitlementBody word, CancellationToken cancel) =>
        new AuditEvent
        {
            Kind = "lifecycle",
            Decision = word.Blocked ? "entitlement_blocked" : word.Enabled ? "entitlement_enabled" : "entitlement_disabled",
            Cause = $"client {clientId}, version {word.Version}: {word.Reason}",
            Actor = word.Actor,
            OwnerId = userId,
        }.AppendAsync(connection, cancel);
}
