using AgentGateway.Gateway.Ledger.Sealing.Keeping;

namespace AgentGateway.Gateway.Ledger.Sealing.Verifying;

/// <summary>A row as it was read: its number and its leaf.</summary>
internal readonly record struct FoundRow(long Sequence, byte[] Leaf);

/// <summary>Says which rows of one checkpoint differ from what was sealed, and how.</summary>
internal static class RowComparison
{
    private const int NamedOneByOne = 20;

    /// <param name="sealedRows">With leaves that lead to the signed root.</param>
    public static void Compare(StoredCheckpoint sealedRows, IReadOnlyList<FoundRow> found, VerifyReport report)
    {
        if (Same(sealedRows, found))
        {
            return;
        }

        var number = sealedRows.Checkpoint.Number;
        var left = found.GroupBy(row => row.Sequence).ToDictionary(same => same.Key, same => same.ToList());
        var missing = new List<long>();
        for (var index = 0; index < sealedRows.Sequences.Length; index++)
        {
            var sequence = sealedRows.Sequences[index];
            if (!left.Remove(sequence, out var rows))
            {
                missing.Add(sequence);
                continue;
            }

            if (!rows[0].Leaf.AsSpan().SequenceEqual(Leaf(sealedRows, index)))
            {
                report.Add(FindingKind.RowChanged, number, sequence,
                    $"Row {sequence} was changed after checkpoint {number} had sealed it.");
            }

            foreach (var twin in rows.Skip(1))
            {
                report.Add(FindingKind.RowAdded, number, twin.Sequence, $"Row {twin.Sequence} is there twice; one was added.");
            }
        }

        foreach (var sequence in left.Keys.Order())
        {
            report.Add(FindingKind.RowAdded, number, sequence,
                $"Row {sequence} stands among the rows of checkpoint {number}, which did not seal it: it was added later.");
        }

        TellMissing(number, missing, report);
    }

    private static bool Same(StoredCheckpoint sealedRows, IReadOnlyList<FoundRow> found)
    {
        if (found.Count != sealedRows.Sequences.Length)
        {
            return false;
        }

        for (var index = 0; index < found.Count; index++)
        {
            if (found[index].Sequence != sealedRows.Sequences[index]
                || !found[index].Leaf.AsSpan().SequenceEqual(Leaf(sealedRows, index)))
            {
                return false;
            }
        }

        return true;
    }

    private static void TellMissing(long number, List<long> missing, VerifyReport report)
    {
        if (missing.Count > NamedOneByOne)
        {
            report.Add(FindingKind.RowMissing, number, missing[0],
                $"{missing.Count} rows of checkpoint {number}, from {missing.Min()} to {missing.Max()}, are missing.");
            return;
        }

        foreach (var sequence in missing)
        {
            report.Add(FindingKind.RowMissing, number, sequence,
                $"Row {sequence} is missing; checkpoint {number} had sealed it.");
        }
    }

    private static ReadOnlySpan<byte> Leaf(StoredCheckpoint checkpoint, int index) =>
        checkpoint.Leaves.AsSpan(index * CompactRange.HashSize, CompactRange.HashSize);
}
