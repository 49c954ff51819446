using System.Globalization;

namespace AgentGateway.Canon.Show.Charts;

/// <summary>Places numbers on the paper of a chart: round ticks from nought to just above the largest.</summary>
internal sealed class ChartScale
{
    public const int Width = 720;
    public const int Height = 240;
    public const int Left = 52;
    public const int Right = 708;
    public const int Top = 12;
    public const int Bottom = 208;

    private const int Ticks = 4;
    private const int MostLabels = 8;

    private readonly int _count;
    private readonly double _step;

    public ChartScale(double largest, int count)
    {
        _count = Math.Max(count, 1);
        _step = RoundStep(largest / Ticks);
    }

    /// <summary>The room of one label on the axis.</summary>
    public double Slot => (Right - Left) / (double)_count;

    public IEnumerable<double> Marks => Enumerable.Range(0, Ticks + 1).Select(tick => tick * _step);

    public double X(int index) => Left + (Slot * (index + 0.5));

    public double Y(double value) => Bottom - ((Bottom - Top) * value / (_step * Ticks));

    public bool ShowsLabel(int index) => index % Math.Max(1, (_count + MostLabels - 1) / MostLabels) == 0;

    public static string Text(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    // 1, 2, 2.5 or 5 times a power of ten: what people read without calculating.
    private static double RoundStep(double atLeast)
    {
        if (atLeast <= 0 || !double.IsFinite(atLeast))
        {
            return 1;
        }

        var power = Math.Pow(10, Math.Floor(Math.Log10(atLeast)));
        return new[] { 1d, 2, 2.5, 5, 10 }.First(factor => factor * power >= atLeast * (1 - 1e-9)) * power;
    }
}
