using Npgsql;

namespace AgentGateway.Gateway.Ledger.Sealing.Keeping;

/// <summary>
/// The end of the chain of checkpoints, held by the one who seals: each step seals the rows that have become final, at a cost
/// that depends on them alone.
/// </summary>
internal sealed class SealChain
{
    public const int RowsAtMost = 1000;

    private readonly CheckpointKey _key;
    private readonly TimeProvider _clock;
    private readonly LeafHash _leaf;
    private readonly Guid _origin;
    private CompactRange _range;

    private SealChain(CheckpointKey key, TimeProvider clock, LeafHash leaf, Checkpoint? last, CompactRange range)
    {
        _key = key;
        _clock = clock;
        _leaf = leaf;
        _range = range;
        _origin = last?.Origin ?? Guid.CreateVersion7();
        Last = last;
    }

    public Checkpoint? Last { get; private set; }

    /// <summary>Goes on where the database's chain ends.</summary>
    /// <exception cref="SealRefusedException">That end does not hold.</exception>
    public static async Task<SealChain> LoadAsync(
        NpgsqlConnection connection, CheckpointKey key, TimeProvider clock, CancellationToken cancel, LeafHash? leaf = null)
    {
        leaf ??= SealedRow.Leaf;
        if (await CheckpointStore.LastAsync(connection, cancel) is not { } stored)
        {
            return new SealChain(key, clock, leaf, null, new CompactRange());
        }

        var last = stored.Checkpoint;
        if (last.KeyId == key.Id && !key.Signed(last))
        {
            throw new SealRefusedException($"the signature of checkpoint {last.Number} in the database is forged");
        }

        if (!await IsAheadAsync(connection, last, cancel))
        {
            throw new SealRefusedException(
                "the server's transaction numbers began anew, so new rows would sort before sealed ones: a dump was restored into "
                + "a new cluster; OPERATIONS, \"Backup and restore\", has the statement that moves them on");
        }

        return CompactRange.Parse(last.TreeSize, stored.Frontier) is { } range && range.Root().AsSpan().SequenceEqual(last.Root)
            ? new SealChain(key, clock, leaf, last, range)
            : throw new SealRefusedException($"the frontier of checkpoint {last.Number} does not lead to its root");
    }

    private static async Task<bool> IsAheadAsync(NpgsqlConnection connection, Checkpoint last, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT pg_snapshot_xmax(pg_current_snapshot()) > $1", connection);
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Xid8, Value = last.LastTx });
        return await command.ExecuteScalarAsync(cancel) is true;
    }

    /// <summary>Null when there is nothing to seal.</summary>
    public async Task<Checkpoint?> SealAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var range = _range.Copy();
        var leaves = new MemoryStream();
        var sequences = new List<long>();
        SealPosition? first = null;
        var last = Last?.Last ?? default;
        var unproven = 0;
        await using (var rows = await RowSource.UnsealedAsync(connection, last, RowsAtMost, cancel))
        {
            while (await rows.ReadAsync(cancel))
            {
                var row = rows.Current;
                var leaf = _leaf(row);
                range.Append(leaf);
                leaves.Write(leaf);
                sequences.Add(row.Sequence);
                last = row.Position;
                first ??= last;
                unproven += Proven(row) ? 0 : 1;
            }
        }

        if (first is not { } begin)
        {
            return null;
        }

        var checkpoint = _key.Sign(new Checkpoint
        {
            Origin = _origin,
            Number = (Last?.Number ?? 0) + 1,
            TreeSize = range.Size,
            Root = range.Root(),
            Previous = Last?.Digest() ?? new byte[CompactRange.HashSize],
            At = Now(),
            FirstTx = begin.Tx,
            FirstSequence = begin.Sequence,
            LastTx = last.Tx,
            LastSequence = last.Sequence,
            Unproven = unproven,
            KeyId = "",
            Signature = [],
        });
        await CheckpointStore.AppendAsync(
            connection, new StoredCheckpoint(checkpoint, range.Frontier(), leaves.ToArray(), [.. sequences]), cancel);
        _range = range;
        Last = checkpoint;
        return checkpoint;
    }

    private static bool Proven(SealedRow row) =>
        row.MacKey(out var fields, out var mac) is { } keyId && RowMac.OfProcess is { } key && key.KeyId == keyId
            && key.Holds(fields, mac);

    // The database keeps whole microseconds; what is signed must come back the same.
    private DateTimeOffset Now()
    {
        var now = _clock.GetUtcNow();
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }
}
