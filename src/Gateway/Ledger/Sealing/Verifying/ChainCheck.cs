namespace AgentGateway.Gateway.Ledger.Sealing.Verifying;

/// <summary>
/// Follows the chain of signed checkpoints: each is signed by a known key and names the one before. Needs public keys alone.
/// </summary>
internal sealed class ChainCheck(IReadOnlyList<CheckpointKey> keys, IReadOnlyList<Checkpoint> exported, VerifyReport report)
{
    private readonly Dictionary<long, Checkpoint> _exported = exported
        .GroupBy(checkpoint => checkpoint.Number).ToDictionary(same => same.Key, same => same.First());

    public Checkpoint? Last { get; private set; }

    /// <summary>Whether it follows on the last one without a gap.</summary>
    public bool Next(Checkpoint checkpoint)
    {
        var number = checkpoint.Number;
        var before = Last;
        Last = checkpoint;
        CheckSignature(checkpoint, "in the database");
        if (_exported.TryGetValue(number, out var other) && !other.Digest().AsSpan().SequenceEqual(checkpoint.Digest()))
        {
            report.Add(FindingKind.Forked, number, null, $"Checkpoint {number} was exported with other words: either the "
                + "database was rolled back and sealed on, or one of the two was replaced.");
        }

        if (number != (before?.Number ?? 0) + 1)
        {
            report.Add(FindingKind.SealMissing, number, null,
                $"The checkpoints {(before?.Number ?? 0) + 1} to {number - 1} are missing: {Rows(before, checkpoint)} unproven.");
            return false;
        }

        CheckLink(before, checkpoint, FindingKind.ChainBroken);
        return true;
    }

    public void End()
    {
        CheckExported();
        var last = Last?.Number ?? 0;
        if (_exported.Count > 0 && _exported.Keys.Max() is var newest && newest > last)
        {
            var lost = _exported[newest];
            report.Add(FindingKind.RolledBack, newest, lost.LastSequence,
                $"Checkpoint {newest} ({lost.TreeSize} rows, {lost.At:u}) was exported, but the database ends at {last} "
                + $"({Last?.TreeSize ?? 0} rows): its end was cut, or an old copy was restored.");
        }

        if (_exported.Count == 0)
        {
            report.Note("No exported checkpoints were given: a cut end or a restored old copy cannot be noticed.");
        }
    }

    private void CheckExported()
    {
        Checkpoint? before = null;
        foreach (var checkpoint in exported)
        {
            CheckSignature(checkpoint, "among the exported ones");
            if (before is not null && checkpoint.Number <= before.Number)
            {
                report.Add(FindingKind.ExportBroken, checkpoint.Number, null,
                    $"The exported checkpoint {checkpoint.Number} follows on {before.Number}: an old one was replayed.");
            }
            else if (before is not null && checkpoint.Number != before.Number + 1)
            {
                report.Add(FindingKind.ExportBroken, checkpoint.Number, null,
                    $"The exported checkpoints {before.Number + 1} to {checkpoint.Number - 1} are missing.");
            }
            else if (before is not null)
            {
                CheckLink(before, checkpoint, FindingKind.ExportBroken);
            }

            before = checkpoint;
        }
    }

    private void CheckSignature(Checkpoint checkpoint, string where)
    {
        if (!keys.Any(key => key.Id == checkpoint.KeyId))
        {
            report.Add(FindingKind.SignatureForged, checkpoint.Number, null,
                $"Checkpoint {checkpoint.Number} {where} names the key {checkpoint.KeyId}, which was not given.");
        }
        else if (!keys.Any(key => key.Signed(checkpoint)))
        {
            report.Add(FindingKind.SignatureForged, checkpoint.Number, null,
                $"The signature of checkpoint {checkpoint.Number} {where} does not hold: it or its words were changed.");
        }
    }

    private void CheckLink(Checkpoint? before, Checkpoint checkpoint, string kind)
    {
        var expected = before?.Digest() ?? new byte[CompactRange.HashSize];
        if (!checkpoint.Previous.AsSpan().SequenceEqual(expected))
        {
            report.Add(kind, checkpoint.Number, null,
                $"Checkpoint {checkpoint.Number} names another one before it than {before?.Number ?? 0}: one of them was replaced.");
        }

        if (before is not null && (checkpoint.Origin != before.Origin || checkpoint.TreeSize <= before.TreeSize
            || checkpoint.First.CompareTo(before.Last) <= 0 || checkpoint.Last.CompareTo(checkpoint.First) < 0))
        {
            report.Add(kind, checkpoint.Number, null,
                $"Checkpoint {checkpoint.Number} does not go on where {before.Number} ended: it is of another audit or was replayed.");
        }
    }

    private static string Rows(Checkpoint? before, Checkpoint after) =>
        $"the rows after number {before?.LastSequence ?? 0} up to {after.FirstSequence} are";
}
