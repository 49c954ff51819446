using System.Text.Json;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Observe;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Observe;

/// <summary>Dashboard, alert rules and document name what the gateway measures, and nothing it does not.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] Files = ["dashboard.json", "alerts.yml"];

    [Fact]
    public void The_table_in_the_operations_document_is_the_codes()
    {
        var text = File.ReadAllText(Repository.At("docs", "OPERATIONS.md"));
        var table = text.Split("<!-- metrics -->")[1].Split("<!-- /metrics -->")[0];

        Assert.Equal(MeasureTable.Markdown().Trim(), table.Trim());
    }

    [Fact]
    public void Every_name_in_the_rules_and_the_dashboard_is_exported() =>
        Assert.Empty(Files.SelectMany(file => Unknown(Read(file))));

    [Fact]
    public void Everything_measured_is_on_the_dashboard()
    {
        var named = Names(Read("dashboard.json")).ToList();

        Assert.Empty(MeasureTable.All.Where(measure => !Exported(measure).Intersect(named).Any()).Select(measure => measure.Prometheus));
    }

    [Fact]
    public void Every_reason_and_label_in_the_rules_exists()
    {
        var labels = MeasureTable.All.SelectMany(measure => measure.Labels).Concat(["job"]).ToHashSet();
        foreach (var matched in Files.SelectMany(file => Matcher().Matches(Read(file))))
        {
            Assert.Contains(matched.Groups[1].Value, labels);
            if (matched.Groups[1].Value == "reason")
            {
                Assert.All(matched.Groups[2].Value.Split('|'), reason => Assert.Contains(reason, Reasons.ByCode.Keys));
            }
        }
    }

    [Fact]
    public void The_dashboard_is_json_with_a_panel_for_each_query()
    {
        using var dashboard = JsonDocument.Parse(Read("dashboard.json"));

        Assert.All(
            dashboard.RootElement.GetProperty("panels").EnumerateArray(),
            panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
    }

    [Theory]
    [InlineData("rate(agent_gateway_calls[5m])", 1)]
    [InlineData("rate(agent_gateway_calls_total[5m])", 0)]
    [InlineData("agent_gateway_admission_seconds", 1)]
    [InlineData("agent_gateway_admission_seconds_bucket", 0)]
    public void A_name_that_is_not_exported_is_found(string query, int complaints) => Assert.Equal(complaints, Unknown(query).Count());

    private static string Read(string file) => File.ReadAllText(Repository.At("docker", "observability", file));

    private static IEnumerable<string> Unknown(string text) => Names(text).Except(MeasureTable.All.SelectMany(Exported));

    private static IEnumerable<string> Names(string text) => Name().Matches(text).Select(match => match.Value).Distinct();

    private static IEnumerable<string> Exported(Measure measure) => measure.Kind == MeasureKind.Histogram
        ? ((string[])["_bucket", "_sum", "_count"]).Select(part => measure.Prometheus + part)
        : [measure.Prometheus];

    [GeneratedRegex(@"\bagent_gateway_\w+")]
    private static partial Regex Name();

    [GeneratedRegex("""(\w+)=~?\\?"([a-z_|-]+)\\?"(?=[,}])""")]
    private static partial Regex Matcher();
}
