using System.Text;

namespace AgentGateway.Gateway.Observe;

/// <summary>Everything that is measured; the instruments, the documentation's table and the dashboard's names come from here.</summary>
internal static class MeasureTable
{
    public static readonly Measure Calls = new(
        "agent_gateway.calls", MeasureKind.Counter, "{call}",
        "Admitted calls that were answered; a replay is the answer of an earlier one.", "tool", "outcome");

    public static readonly Measure Denials = new(
        "agent_gateway.denials", MeasureKind.Counter, "{denial}", "Refusals, with the code that the agent was told.", "reason");

    public static readonly Measure Admission = new(
        "agent_gateway.admission", MeasureKind.Histogram, "s",
        "From a call's wish to be admitted until its admission was durable or refused.", "result");

    public static readonly Measure Relay = new(
        "agent_gateway.relay", MeasureKind.Histogram, "s", "From leaving for Tasker until its whole answer was read and checked.", "tool");

    public static readonly Measure Settlement = new(
        "agent_gateway.settlement", MeasureKind.Histogram, "s", "From the outcome of a write until it was durable.");

    public static readonly Measure Flush = new(
        "agent_gateway.flush", MeasureKind.Histogram, "s", "One transaction of the ledger, in which all who waited shared.", "result");

    public static readonly Measure FlushSize = new(
        "agent_gateway.flush.size", MeasureKind.Histogram, "{entry}", "Admissions, settlements and events in one transaction.");

    public static readonly Measure Drain = new(
        "agent_gateway.revoke.drain", MeasureKind.Histogram, "s",
        "How long a change of authority waited for the calls admitted before it; left: whether some still ran.", "left");

    public static readonly Measure Queue = new(
        "agent_gateway.queue.depth", MeasureKind.Gauge, "{call}", "Calls that wait for the ledger's next transaction.");

    public static readonly Measure InDoubt = new(
        "agent_gateway.in_doubt", MeasureKind.Gauge, "{write}",
        "Writes of which nobody has known for more than 15 minutes whether they were done.");

    public static readonly Measure SealLag = new(
        "agent_gateway.seal.lag", MeasureKind.Gauge, "s",
        "Since this replica last sealed all that could be sealed; only where it seals.");

    public static IReadOnlyList<Measure> All { get; } =
        [Calls, Denials, Admission, Relay, Settlement, Flush, FlushSize, Drain, Queue, InDoubt, SealLag];

    /// <summary>For the documentation.</summary>
    public static string Markdown()
    {
        var text = new StringBuilder("| metric | | labels | meaning |\n|---|---|---|---|\n");
        foreach (var measure in All)
        {
            var labels = string.Join(", ", measure.Labels.Select(label => $"`{label}`"));
            text.Append($"| `{measure.Prometheus}` | {measure.Kind.ToString().ToLowerInvariant()} | {labels} | {measure.Meaning} |\n");
        }

        return text.ToString();
    }
}
