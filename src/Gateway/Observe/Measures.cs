using System.Diagnostics.Metrics;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Ledger;

namespace AgentGateway.Gateway.Observe;

/// <summary>What happened, counted; costs nothing while nobody listens. Labels are words of closed lists, never ids or texts.</summary>
internal static class Measures
{
    public const string MeterName = "AgentGateway";

    private static readonly Meter Meter = New();

    private static readonly InstrumentAdvice<double> Waits = new()
    {
        HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    };

    private static readonly InstrumentAdvice<int> Sizes = new()
    {
        HistogramBucketBoundaries = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024],
    };

    private static readonly Counter<long> Calls = Count(MeasureTable.Calls);
    private static readonly Counter<long> Denials = Count(MeasureTable.Denials);
    private static readonly Histogram<double> AdmissionTime = Time(MeasureTable.Admission);
    private static readonly Histogram<double> RelayTime = Time(MeasureTable.Relay);
    private static readonly Histogram<double> SettlementTime = Time(MeasureTable.Settlement);
    private static readonly Histogram<double> FlushTime = Time(MeasureTable.Flush);
    private static readonly Histogram<double> DrainTime = Time(MeasureTable.Drain);

    private static readonly Histogram<int> FlushSize = Meter.CreateHistogram(
        MeasureTable.FlushSize.Name, MeasureTable.FlushSize.Unit, MeasureTable.FlushSize.Meaning, tags: null, Sizes);

    /// <summary>One more of its kind, for measures of one running gateway alone.</summary>
    public static Meter New() => new(MeterName, Reply.Server.Version);

    public static void Called(string tool, OutcomeKind outcome, bool replayed) =>
        Calls.Add(1, new("tool", tool), new("outcome", replayed ? "replayed" : Word(outcome)));

    public static void Denied(string reason) => Denials.Add(1, new KeyValuePair<string, object?>("reason", reason));

    public static void Admitted(TimeSpan took, Admission answer) =>
        AdmissionTime.Record(took.TotalSeconds, new KeyValuePair<string, object?>("result", Word(answer)));

    public static void Relayed(string tool, TimeSpan took) =>
        RelayTime.Record(took.TotalSeconds, new KeyValuePair<string, object?>("tool", tool));

    public static void Settled(TimeSpan took) => SettlementTime.Record(took.TotalSeconds);

    public static void Flushed(int size, TimeSpan took, bool written)
    {
        FlushSize.Record(size);
        FlushTime.Record(took.TotalSeconds, new KeyValuePair<string, object?>("result", written ? "written" : "failed"));
    }

    public static void Drained(TimeSpan took, bool left) =>
        DrainTime.Record(took.TotalSeconds, new KeyValuePair<string, object?>("left", left ? "yes" : "no"));

    private static Counter<long> Count(Measure measure) => Meter.CreateCounter<long>(measure.Name, measure.Unit, measure.Meaning);

    private static Histogram<double> Time(Measure measure) =>
        Meter.CreateHistogram(measure.Name, measure.Unit, measure.Meaning, tags: null, Waits);

    private static string Word(OutcomeKind outcome) => outcome switch
    {
        OutcomeKind.Succeeded => "succeeded",
        OutcomeKind.Failed => "failed",
        OutcomeKind.Released => "released",
        _ => "in_doubt",
    };

    private static string Word(Admission answer) => answer switch
    {
        Admission.Admitted => "admitted",
        Admission.Replay => "replay",
        Admission.StaleAuthority => "stale_authority",
        Admission.Limited => "limited",
        _ => "refused",
    };
}
