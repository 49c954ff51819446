using System.Text.RegularExpressions;
using AgentGateway.Tidy.Reading;

namespace AgentGateway.Tidy;

/// <summary>The folders of the gateway are its stages in alphabetical order, and the code reads in the same order.</summary>
public sealed partial class FlowTests
{
    private static readonly string[] Stages = ["Accept", "Authenticate", "Decide", "Ledger", "Relay"];

    [Fact]
    public void Every_stage_has_its_folder() => Verdict.Clean(Stages
        .Where(stage => !Repository.Sources.Any(file => file.Path.StartsWith($"src/Gateway/{stage}/", StringComparison.Ordinal)))
        .Select(stage => $"src/Gateway/{stage} is missing."));

    [Fact]
    public void The_flow_reads_in_the_order_of_its_folders()
    {
        var flow = Repository.Sources.FirstOrDefault(file => file.Path == "src/Gateway/ToolCallFlow.cs");

        Assert.True(flow is not null, "src/Gateway/ToolCallFlow.cs is missing.");
        Verdict.Clean(OutOfOrder(flow));
    }

    [Fact]
    public void The_composition_root_names_no_stage_out_of_order() =>
        Verdict.Clean(Repository.Sources.Where(file => file.Path == "src/Gateway/Program.cs").SelectMany(NamedOutOfOrder));

    [Fact]
    public void A_flow_out_of_order_is_found()
    {
        const string Good = "// Decide. First.\nvar a = rules.Decide(x);\n// Admit.\n// Relay.\n// Settle.\n";
        const string Bad = "// Relay.\nawait relay(http);\n// Decide.\n// Ledger.\n";

        Assert.Empty(OutOfOrder(Verdict.Snippet(Good)));
        Assert.NotEmpty(OutOfOrder(Verdict.Snippet(Bad)));
        Assert.NotEmpty(OutOfOrder(Verdict.Snippet("await relay(http);")));
    }

    [Fact]
    public void A_composition_out_of_order_is_found()
    {
        Assert.Empty(NamedOutOfOrder(Verdict.Snippet("services.AddAccept();\nservices.AddLedger();\nservices.AddRelay();")));
        Assert.NotEmpty(NamedOutOfOrder(Verdict.Snippet("services.AddRelay();\nservices.AddLedger();")));
    }

    /// <summary>Each paragraph of the flow begins with its stage, or with what the ledger does there.</summary>
    private static IEnumerable<string> OutOfOrder(SourceFile file)
    {
        var named = First(Paragraph().Matches(file.Text));
        if (named.Count < 3)
        {
            return [$"{file.Path}: the paragraphs name only {named.Count} stage(s)."];
        }

        return Sorted(file, named);
    }

    private static IEnumerable<string> NamedOutOfOrder(SourceFile file) => Sorted(file, First(Composition().Matches(file.Code)));

    private static List<string> First(MatchCollection matches) => [.. matches.Select(match => match.Groups["stage"].Value)
        .Select(word => word is "Admit" or "Settle" ? "Ledger" : word)
        .Distinct()];

    private static IEnumerable<string> Sorted(SourceFile file, List<string> named) =>
        named.SequenceEqual(named.Order(StringComparer.Ordinal))
            ? []
            : [$"{file.Path}: stages appear as {string.Join(", ", named)}."];

    [GeneratedRegex(@"^\s*// (?<stage>Accept|Authenticate|Decide|Ledger|Admit|Settle|Relay)\b", RegexOptions.Multiline)]
    private static partial Regex Paragraph();

    [GeneratedRegex(@"\b(?:Add|Use|Map)(?<stage>Accept|Authenticate|Decide|Ledger|Relay)\b")]
    private static partial Regex Composition();
}
