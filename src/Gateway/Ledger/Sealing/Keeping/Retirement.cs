using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Ledger.Sealing.Keeping;

/// <summary>A month that is sealed to its last row.</summary>
internal sealed record OldMonth(string Name);

/// <summary>Takes old months out of the audit's way without losing a row; verification reads them where they stand.</summary>
internal static class Retirement
{
    public static async Task<IReadOnlyList<OldMonth>> SealedBeforeAsync(
        NpgsqlDataSource database, DateOnly before, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(
            """
            SELECT c.relname::text FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'audit_events'::regclass AND c.relname < 'audit_events_' || to_char($1::date, 'YYYY_MM')
              AND to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY_MM') > right(c.relname, 7)
            ORDER BY 1
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Date, Value = before });
        var names = new List<string>();
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            while (await reader.ReadAsync(cancel))
            {
                names.Add(reader.GetString(0));
            }
        }

        var old = new List<OldMonth>();
        foreach (var name in names)
        {
            if (await IsSealedAsync(connection, name, cancel))
            {
                old.Add(new OldMonth(name));
            }
        }

        return old;
    }

    /// <summary>Whoever could read the audit can read the month where it stands now.</summary>
    public static async Task DetachAsync(NpgsqlDataSource database, OldMonth month, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var command = new NpgsqlCommand(
            $"""
            ALTER TABLE audit_events DETACH PARTITION {month.Name};
            DROP TRIGGER IF EXISTS audit_events_append_only ON {month.Name};
            CREATE TRIGGER audit_events_append_only BEFORE UPDATE OR DELETE ON {month.Name}
                FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
            DO $$
            DECLARE
                reader regrole;
            BEGIN
                FOR reader IN
                    SELECT DISTINCT acl.grantee FROM pg_class, aclexplode(relacl) AS acl
                    WHERE oid = 'audit_events'::regclass AND acl.privilege_type = 'SELECT' AND acl.grantee <> relowner
                LOOP
                    EXECUTE format('GRANT SELECT ON {month.Name} TO %s', reader);
                END LOOP;
            END
            $$
            """,
            connection, transaction);
        await command.ExecuteNonQueryAsync(cancel);
        await transaction.CommitAsync(cancel);
    }

    private static async Task<bool> IsSealedAsync(NpgsqlConnection connection, string name, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"""
            SELECT coalesce((SELECT (tx, sequence) FROM {name} ORDER BY tx DESC, sequence DESC LIMIT 1)
                <= (SELECT (last_tx, last_sequence) FROM audit_checkpoints ORDER BY number DESC LIMIT 1),
                NOT EXISTS (SELECT FROM {name}))
            """,
            connection);
        return await command.ExecuteScalarAsync(cancel) is true;
    }
}
