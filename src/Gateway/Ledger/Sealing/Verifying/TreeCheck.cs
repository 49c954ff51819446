using AgentGateway.Gateway.Ledger.Sealing.Keeping;

namespace AgentGateway.Gateway.Ledger.Sealing.Verifying;

/// <summary>Grows the tree over all checkpoints and says whether each one's leaves lead to its signed root.</summary>
internal sealed class TreeCheck(VerifyReport report)
{
    // Null: the tree is lost until a checkpoint's frontier leads to its signed root again.
    private CompactRange? _range = new();

    /// <summary>True: the leaves are proven, and rows can be compared with them one by one.</summary>
    /// <param name="found">The rows that are there now; null when they are not looked at.</param>
    public bool Next(StoredCheckpoint stored, bool followsOn, IReadOnlyList<FoundRow>? found)
    {
        var checkpoint = stored.Checkpoint;
        var grown = followsOn ? Grow(checkpoint, Leaves(stored)) : null;
        if (grown is not null && stored.Sequences.Length == stored.Leaves.Length / CompactRange.HashSize)
        {
            CheckFrontier(stored, grown);
            _range = grown;
            return true;
        }

        if (followsOn && found is not null && Grow(checkpoint, found.Select(row => row.Leaf)) is { } fromRows)
        {
            report.Add(FindingKind.SealChanged, checkpoint.Number, null,
                $"The list of rows beside checkpoint {checkpoint.Number} was changed; the rows themselves are as they were sealed.");
            _range = fromRows;
            return false;
        }

        if (followsOn && _range is not null)
        {
            report.Add(FindingKind.SealChanged, checkpoint.Number, checkpoint.FirstSequence,
                $"Nothing leads to the root of checkpoint {checkpoint.Number}: it, its list of rows, or its rows from "
                + $"{checkpoint.FirstSequence} to {checkpoint.LastSequence} were changed.");
        }

        _range = CompactRange.Parse(checkpoint.TreeSize, stored.Frontier) is { } parsed && Leads(parsed, checkpoint) ? parsed : null;
        return false;
    }

    private static bool Leads(CompactRange range, Checkpoint checkpoint) =>
        range.Size == checkpoint.TreeSize && range.Root().AsSpan().SequenceEqual(checkpoint.Root);

    private CompactRange? Grow(Checkpoint checkpoint, IEnumerable<byte[]> leaves)
    {
        var grown = _range?.Copy();
        foreach (var leaf in leaves)
        {
            grown?.Append(leaf);
        }

        return grown is not null && Leads(grown, checkpoint) ? grown : null;
    }

    private void CheckFrontier(StoredCheckpoint stored, CompactRange grown)
    {
        if (!grown.Frontier().AsSpan().SequenceEqual(stored.Frontier))
        {
            report.Add(FindingKind.SealChanged, stored.Checkpoint.Number, null,
                $"The frontier beside checkpoint {stored.Checkpoint.Number} was changed; sealing would have stopped on it.");
        }
    }

    private static IEnumerable<byte[]> Leaves(StoredCheckpoint stored) => stored.Leaves.Chunk(CompactRange.HashSize);
}
