using System.Globalization;
using System.Text;
using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Report;

/// <summary>The result as a reader wants it: one row for each check, the trouble below its row.</summary>
internal static class TableReport
{
    public static string Of(IReadOnlyList<Finding> findings, IReadOnlyList<string> made)
    {
        var text = new StringBuilder();
        var width = findings.Max(finding => finding.Id.Length);
        foreach (var finding in findings)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{(finding.Holds ? "holds" : "FAILS")}  {finding.Id.PadRight(width)}  {finding.Promise}");
            if (finding.Trouble is { } trouble)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"       {new string(' ', width)}  → {trouble}");
            }
        }

        var failed = findings.Count(finding => !finding.Holds);
        text.AppendLine();
        text.AppendLine(failed == 0
            ? string.Create(CultureInfo.InvariantCulture, $"All {findings.Count} hold.")
            : string.Create(CultureInfo.InvariantCulture, $"{failed} of {findings.Count} do not hold."));
        text.Append(made.Count == 0 ? "No card was made." : $"Cards made, and written to alone: {string.Join(", ", made)}.");
        return text.ToString();
    }
}
