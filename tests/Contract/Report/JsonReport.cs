using System.Text.Json;
using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Report;

/// <summary>The result as a program wants it.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static string Of(IReadOnlyList<Finding> findings, IReadOnlyList<string> made) => JsonSerializer.Serialize(
        new
        {
            holds = findings.All(finding => finding.Holds),
            checks = findings.Select(finding => new
            {
                id = finding.Id,
                promise = finding.Promise,
                holds = finding.Holds,
                trouble = finding.Trouble,
                milliseconds = (long)finding.Took.TotalMilliseconds,
            }),
            cards = made,
        },
        Indented);
}
