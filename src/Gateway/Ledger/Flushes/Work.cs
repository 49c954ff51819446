namespace AgentGateway.Gateway.Ledger.Flushes;

/// <summary>What one flush carries: calls that ask to be admitted, ends of calls, and events that nobody waits for.</summary>
internal sealed record Work(
    IReadOnlyList<PendingAdmission> Admissions, IReadOnlyList<PendingSettlement> Settlements, IReadOnlyList<AuditEvent> Trailing)
{
    public int Count => Admissions.Count + Settlements.Count + Trailing.Count;

    /// <summary>Two halves, so that a bad row is found among many: what is left of it in the end is that row alone.</summary>
    public (Work First, Work Second) Halves()
    {
        var half = Count / 2;
        var admissions = Math.Min(half, Admissions.Count);
        var settlements = Math.Min(half - admissions, Settlements.Count);
        var trailing = half - admissions - settlements;
        return (
            new Work([.. Admissions.Take(admissions)], [.. Settlements.Take(settlements)], [.. Trailing.Take(trailing)]),
            new Work([.. Admissions.Skip(admissions)], [.. Settlements.Skip(settlements)], [.. Trailing.Skip(trailing)]));
    }

    public void Refuse(Exception cause)
    {
        foreach (var admission in Admissions)
        {
            admission.Refuse(new LedgerUnavailableException("The admission could not be written.", cause));
        }

        foreach (var settlement in Settlements)
        {
            settlement.Refuse(new LedgerUnavailableException("The settlement could not be written.", cause));
        }
    }
}
