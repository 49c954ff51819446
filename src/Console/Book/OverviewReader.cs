using Dapper;
using Npgsql;

namespace AgentGateway.Console.Book;

/// <summary>Reads what stands at the head of pages.</summary>
internal sealed class OverviewReader(NpgsqlDataSource database)
{
    public async Task<Overview> OverviewAsync(Reader reader, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleAsync<Overview>(new CommandDefinition(
            """
            SELECT
                (SELECT count(*) FROM agents WHERE @OwnerId::text IS NULL OR owner_id = @OwnerId) AS agents,
                (SELECT count(*) FROM agents WHERE status = 'active' AND (@OwnerId::text IS NULL OR owner_id = @OwnerId)) AS live_agents,
                coalesce(sum(count) FILTER (WHERE kind IN ('settled', 'replayed')), 0) AS calls,
                coalesce(sum(count) FILTER (WHERE kind = 'refused'), 0) AS denied,
                max(at) AS last_event_at,
                (SELECT manifest_digest FROM audit_events WHERE kind = 'admitted' AND at > clock_timestamp() - interval '1 day'
                    ORDER BY sequence DESC LIMIT 1) AS manifest_in_force
            FROM audit_events
            WHERE at > clock_timestamp() - interval '1 hour' AND (@OwnerId::text IS NULL OR owner_id = @OwnerId)
            """,
            new { reader.OwnerId }, cancellationToken: cancel));
    }

    /// <summary>Null: nothing was sealed yet.</summary>
    public async Task<CheckpointRow?> LastCheckpointAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<CheckpointRow>(new CommandDefinition(
            """
            SELECT number, at, tree_size, encode(root, 'hex') AS root, key_id, unproven
            FROM audit_checkpoints ORDER BY number DESC LIMIT 1
            """,
            cancellationToken: cancel));
    }

    /// <summary>How many events came after the last checkpoint, counted up to a limit.</summary>
    public async Task<long> UnsealedAsync(int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            """
            SELECT count(*) FROM (
                SELECT 1 FROM audit_events
                WHERE (tx, sequence) > (
                    coalesce((SELECT last_tx FROM audit_checkpoints ORDER BY number DESC LIMIT 1), '0'::xid8),
                    coalesce((SELECT last_sequence FROM audit_checkpoints ORDER BY number DESC LIMIT 1), 0))
                LIMIT @most) AS unsealed
            """,
            new { most }, cancellationToken: cancel));
    }
}
