namespace AgentGateway.Gateway.Ledger.Sealing.Verifying;

/// <summary>Looks at each row's MAC: what no program with the audit key has written is named.</summary>
internal sealed class MacCheck(IReadOnlyList<RowMac> keys, VerifyReport report)
{
    private bool _begun;
    private long _without;

    public void Look(SealedRow row)
    {
        if (keys.Count == 0)
        {
            return;
        }

        if (row.MacKey(out var fields, out var mac) is not { } keyId)
        {
            Missing(row);
            return;
        }

        _begun = true;
        foreach (var key in keys)
        {
            if (key.KeyId == keyId)
            {
                if (!key.Holds(fields, mac))
                {
                    report.Add(FindingKind.MacWrong, null, row.Sequence,
                        $"The MAC of row {row.Sequence} does not hold: the row was changed, or written without the audit key.");
                }

                return;
            }
        }

        report.Add(FindingKind.MacKeyUnknown, null, row.Sequence,
            $"Row {row.Sequence} names an audit key that was not given: an old key, or a row written without any of yours.");
    }

    public void End(long unsealed)
    {
        if (_without > 0)
        {
            report.Note($"{_without} rows at the beginning are older than MACs.");
        }

        if (keys.Count == 0 && unsealed > 0)
        {
            report.Note($"{unsealed} rows are not sealed yet; without the audit key they cannot be checked.");
        }
    }

    // Rows from before there were MACs come first; whoever adds a row later cannot pass it off as one of them.
    private void Missing(SealedRow row)
    {
        if (!_begun)
        {
            _without++;
            return;
        }

        report.Add(FindingKind.MacMissing, null, row.Sequence,
            $"Row {row.Sequence} carries no MAC: it was written without the audit key.");
    }
}
