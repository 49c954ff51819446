namespace AgentGateway.Gateway.Observe;

/// <summary>How a measure is counted and exported.</summary>
internal enum MeasureKind
{
    Counter,
    Histogram,
    Gauge,
}

/// <summary>One thing that is measured: the only place that knows its name, its labels and what it means.</summary>
internal sealed record Measure(string Name, MeasureKind Kind, string Unit, string Meaning, params string[] Labels)
{
    /// <summary>Its name as Prometheus scrapes it; a histogram adds _bucket, _sum and _count.</summary>
    public string Prometheus => Name.Replace('.', '_') + (Unit == "s" ? "_seconds" : "") + (Kind == MeasureKind.Counter ? "_total" : "");
}
