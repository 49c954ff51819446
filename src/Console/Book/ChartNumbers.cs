namespace AgentGateway.Console.Book;

/// <summary>A stretch of time that charts look back on, and into how long pieces they cut it.</summary>
public sealed record ChartRange(string Name, TimeSpan Length, TimeSpan Step)
{
    public static readonly ChartRange[] All =
    [
        new("1h", TimeSpan.FromHours(1), TimeSpan.FromMinutes(2)),
        new("24h", TimeSpan.FromHours(24), TimeSpan.FromHours(1)),
        new("7d", TimeSpan.FromDays(7), TimeSpan.FromHours(6)),
    ];

    public static ChartRange Of(string? name) => Array.Find(All, range => range.Name == name) ?? All[0];
}

/// <summary>What was counted in one piece of time.</summary>
public sealed record ChartCount
{
    public DateTime At { get; init; }

    public string Kind { get; init; } = "";

    public string? Reason { get; init; }

    public long Calls { get; init; }
}

/// <summary>How long calls took in one piece of time, in milliseconds.</summary>
public sealed record ChartLatency
{
    public DateTime At { get; init; }

    public double P50 { get; init; }

    public double P95 { get; init; }

    public double P99 { get; init; }
}

/// <summary>Everything that the charts show of one range.</summary>
public sealed record ChartNumbers(
    ChartRange Range, IReadOnlyList<DateTime> Moments, IReadOnlyList<ChartCount> Counts, IReadOnlyList<ChartLatency> Latencies);
