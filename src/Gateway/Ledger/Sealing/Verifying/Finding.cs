using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace AgentGateway.Gateway.Ledger.Sealing.Verifying;

/// <summary>One thing that is not as it was sealed, which rows it concerns, and what it means.</summary>
internal sealed record Finding(string Kind, long? Checkpoint, long? Sequence, string Message);

/// <summary>What verification may find.</summary>
internal static class FindingKind
{
    public const string RowChanged = "row_changed";
    public const string RowMissing = "row_missing";
    public const string RowAdded = "row_added";
    public const string MacWrong = "mac_wrong";
    public const string MacKeyUnknown = "mac_key_unknown";
    public const string MacMissing = "mac_missing";
    public const string SealChanged = "seal_changed";
    public const string SealMissing = "seal_missing";
    public const string SignatureForged = "signature_forged";
    public const string ChainBroken = "chain_broken";
    public const string RolledBack = "rolled_back";
    public const string Forked = "forked";
    public const string ExportBroken = "export_broken";
}

/// <summary>Everything a verification has to say; the first findings in full, the rest by number.</summary>
internal sealed class VerifyReport
{
    private const int FindingsInFull = 200;

    private readonly List<Finding> _findings = [];
    private readonly List<string> _notices = [];

    public bool Ok => FindingCount == 0;

    public long Rows { get; set; }

    public long Sealed { get; set; }

    public long Unsealed { get; set; }

    public long Checkpoints { get; set; }

    public double Seconds { get; set; }

    public long FindingCount { get; private set; }

    public IReadOnlyList<Finding> Findings => _findings;

    /// <summary>What could not be looked at, and why.</summary>
    public IReadOnlyList<string> Notices => _notices;

    public void Add(string kind, long? checkpoint, long? sequence, string message)
    {
        FindingCount++;
        if (_findings.Count < FindingsInFull)
        {
            _findings.Add(new Finding(kind, checkpoint, sequence, message));
        }
    }

    /// <summary>One line per finding and notice, and the verdict last.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        foreach (var finding in _findings)
        {
            text.Append(finding.Kind).Append(": ").Append(finding.Message).Append('\n');
        }

        if (FindingCount > _findings.Count)
        {
            text.Append("… and ").Append(FindingCount - _findings.Count).Append(" more.\n");
        }

        foreach (var notice in _notices)
        {
            text.Append("note: ").Append(notice).Append('\n');
        }

        var seen = string.Create(CultureInfo.InvariantCulture,
            $"{Rows} rows ({Sealed} sealed by {Checkpoints} checkpoints, {Unsealed} not yet), {Rows / Math.Max(Seconds, 1e-3):F0} rows/s");
        return text.Append(Ok ? $"Nothing was tampered with: {seen}.\n" : $"TAMPERED, {FindingCount} findings: {seen}.\n").ToString();
    }

    public void Note(string notice) => _notices.Add(notice);
}

/// <summary>Writes the report for machines.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(VerifyReport))]
internal sealed partial class VerifyJson : JsonSerializerContext;
