using Npgsql;
using NpgsqlTypes;

namespace AgentGateway.Gateway.Ledger.Sealing.Keeping;

/// <summary>A checkpoint as the database keeps it, with what proves and explains its root; none of that is believed.</summary>
internal sealed record StoredCheckpoint(Checkpoint Checkpoint, byte[] Frontier, byte[] Leaves, long[] Sequences);

/// <summary>Reads and appends the table of checkpoints.</summary>
internal static class CheckpointStore
{
    private const string Signed =
        """
        origin, number, tree_size, root, previous, at, first_tx, first_sequence, last_tx, last_sequence, unproven, key_id, signature
        """;

    private const string Proof = "frontier, leaves, sequences";

    public static async Task AppendAsync(NpgsqlConnection connection, StoredCheckpoint added, CancellationToken cancel)
    {
        var checkpoint = added.Checkpoint;
        await using var insert = new NpgsqlCommand(
            $"""
            INSERT INTO audit_checkpoints ({Signed}, {Proof})
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
            """,
            connection);
        Add(insert, NpgsqlDbType.Uuid, checkpoint.Origin);
        Add(insert, NpgsqlDbType.Bigint, checkpoint.Number);
        Add(insert, NpgsqlDbType.Bigint, checkpoint.TreeSize);
        Add(insert, NpgsqlDbType.Bytea, checkpoint.Root);
        Add(insert, NpgsqlDbType.Bytea, checkpoint.Previous);
        Add(insert, NpgsqlDbType.TimestampTz, checkpoint.At);
        Add(insert, NpgsqlDbType.Xid8, checkpoint.FirstTx);
        Add(insert, NpgsqlDbType.Bigint, checkpoint.FirstSequence);
        Add(insert, NpgsqlDbType.Xid8, checkpoint.LastTx);
        Add(insert, NpgsqlDbType.Bigint, checkpoint.LastSequence);
        Add(insert, NpgsqlDbType.Integer, checkpoint.Unproven);
        Add(insert, NpgsqlDbType.Text, checkpoint.KeyId);
        Add(insert, NpgsqlDbType.Bytea, checkpoint.Signature);
        Add(insert, NpgsqlDbType.Bytea, added.Frontier);
        Add(insert, NpgsqlDbType.Bytea, added.Leaves);
        Add(insert, NpgsqlDbType.Array | NpgsqlDbType.Bigint, added.Sequences);
        await insert.ExecuteNonQueryAsync(cancel);
    }

    public static async Task<StoredCheckpoint?> LastAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT {Signed}, {Proof} FROM audit_checkpoints ORDER BY number DESC LIMIT 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? ReadStored(reader) : null;
    }

    /// <summary>The signed part of those that follow, in their order.</summary>
    public static async Task<IReadOnlyList<Checkpoint>> AfterAsync(
        NpgsqlConnection connection, long number, int most, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT {Signed} FROM audit_checkpoints WHERE number > $1 ORDER BY number LIMIT $2", connection);
        Add(command, NpgsqlDbType.Bigint, number);
        Add(command, NpgsqlDbType.Integer, most);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var found = new List<Checkpoint>();
        while (await reader.ReadAsync(cancel))
        {
            found.Add(Read(reader));
        }

        return found;
    }

    /// <summary>All there are, one at a time.</summary>
    public static async IAsyncEnumerable<StoredCheckpoint> AllAsync(
        NpgsqlConnection connection, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT {Signed}, {Proof} FROM audit_checkpoints ORDER BY number", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            yield return ReadStored(reader);
        }
    }

    private static StoredCheckpoint ReadStored(NpgsqlDataReader reader) => new(
        Read(reader), reader.GetFieldValue<byte[]>(13), reader.GetFieldValue<byte[]>(14), reader.GetFieldValue<long[]>(15));

    private static Checkpoint Read(NpgsqlDataReader reader) => new()
    {
        Origin = reader.GetGuid(0),
        Number = reader.GetInt64(1),
        TreeSize = reader.GetInt64(2),
        Root = reader.GetFieldValue<byte[]>(3),
        Previous = reader.GetFieldValue<byte[]>(4),
        At = reader.GetFieldValue<DateTimeOffset>(5),
        FirstTx = reader.GetFieldValue<ulong>(6),
        FirstSequence = reader.GetInt64(7),
        LastTx = reader.GetFieldValue<ulong>(8),
        LastSequence = reader.GetInt64(9),
        Unproven = reader.GetInt32(10),
        KeyId = reader.GetString(11),
        Signature = reader.GetFieldValue<byte[]>(12),
    };

    private static void Add(NpgsqlCommand command, NpgsqlDbType type, object value) =>
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type, Value = value });
}
