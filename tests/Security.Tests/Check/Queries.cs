using Npgsql;

namespace AgentGateway.Security.Tests.Check;

/// <summary>Reads the evidence off the two databases.</summary>
internal static class Queries
{
    public static Task<List<AuditRow>> AuditAsync(NpgsqlDataSource gateway) => ReadAsync(
        gateway,
        """
        SELECT kind, request_id, coalesce(agent_id, ''), CASE cause WHEN 'overtaken' THEN cause ELSE decision END,
               coalesce(encode(key_digest, 'hex'), ''),
               coalesce(encode(argument_digest, 'hex'), ''), coalesce(epoch, 0), pg_xact_commit_timestamp(xmin)
        FROM audit_events
        """,
        row => new AuditRow(
            row.GetString(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetString(2), row.GetString(3), row.GetString(4),
            row.GetString(5), row.GetInt32(6), row.GetDateTime(7)));

    public static Task<List<KeyRow>> KeysAsync(NpgsqlDataSource gateway) => ReadAsync(
        gateway,
        """
        SELECT agent_id, encode(key_digest, 'hex'), state, epoch,
               state = 'dispatching' AND lease_until < clock_timestamp() - interval '60 seconds'
        FROM idempotency
        """,
        row => new KeyRow(row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetBoolean(4)));

    public static Task<List<Deed>> DeedsAsync(NpgsqlDataSource tasker, string[] agents) => ReadAsync(
        tasker,
        """
        SELECT agent_id, trace_id, created_at, concat_ws(' ', verb, field, new_value, reason)
        FROM issue_activities WHERE agent_id = ANY($1)
        """,
        ReadDeed,
        agents);

    public static Task<List<Deed>> TextsAsync(NpgsqlDataSource tasker, string[] agents) => ReadAsync(
        tasker,
        """
        SELECT agent_id, '', created_at, body_markdown FROM issue_comments WHERE agent_id = ANY($1)
        UNION ALL
        SELECT b.agent_id, '', i.created_at, concat_ws(' ', i.name, i.description_html)
        FROM issues AS i JOIN agent_bots AS b ON b.user_id = i.created_by WHERE b.agent_id = ANY($1)
        UNION ALL
        SELECT agent_id, '', created_at, concat_ws(' ', new_value, reason)
        FROM issue_activities WHERE agent_id = ANY($1)
        """,
        ReadDeed,
        agents);

    public static async Task<(long Changes, long Answers)> LifecycleAsync(NpgsqlDataSource gateway) => (await ReadAsync(
        gateway,
        """
        SELECT (SELECT count(*) FROM audit_events WHERE kind = 'lifecycle' AND decision = 'agent_changed'),
               (SELECT count(*) FROM owner_operations)
        """,
        row => (row.GetInt64(0), row.GetInt64(1))))[0];

    public static async Task<(long Sessions, long InTransaction, long Locks)> LeftoversAsync(NpgsqlDataSource gateway) => (await ReadAsync(
        gateway,
        """
        -- A background round is in a transaction for a moment, again and again; what is left over stays.
        SELECT count(*), count(*) FILTER (WHERE state LIKE 'idle in transaction%' AND state_change < clock_timestamp() - interval '3 seconds'),
               (SELECT count(*) FROM pg_locks AS held JOIN pg_stat_activity AS holder USING (pid)
                WHERE locktype = 'advisory' AND coalesce(xact_start, state_change) < clock_timestamp() - interval '3 seconds')
        FROM pg_stat_activity WHERE application_name = 'agent-gateway' AND datname = current_database()
        """,
        row => (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2))))[0];

    private static Deed ReadDeed(NpgsqlDataReader row) => new(
        row.GetString(0), row.IsDBNull(1) ? "" : row.GetString(1), row.GetDateTime(2), row.IsDBNull(3) ? "" : row.GetString(3));

    private static async Task<List<T>> ReadAsync<T>(
        NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, string[]? agents = null)
    {
        await using var command = database.CreateCommand(sql);
        if (agents is not null)
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = agents });
        }

        var rows = new List<T>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
