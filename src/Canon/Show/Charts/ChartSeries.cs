namespace AgentGateway.Canon.Show.Charts;

/// <summary>One row of numbers with a name; a null is a gap.</summary>
public sealed record ChartSeries(string Name, IReadOnlyList<double?> Values)
{
    public ChartSeries(string name, IEnumerable<double> values)
        : this(name, [.. values.Select(value => (double?)value)])
    {
    }
}
