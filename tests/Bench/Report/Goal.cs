using System.Globalization;

namespace AgentGateway.Bench.Report;

/// <summary>One line of the table: what was measured, what was wanted, and how far apart the two are.</summary>
/// <param name="What">What is measured.</param>
/// <param name="Measured">Null when it was not.</param>
/// <param name="Format">How a value is written.</param>
/// <param name="Unit">Behind the value.</param>
/// <param name="AtLeast">Whether more is better.</param>
/// <param name="Wanted">The value to reach.</param>
/// <param name="Stretch">The value hoped for besides.</param>
internal sealed record Goal(
    string What, double? Measured, string Format, string Unit, bool AtLeast, double Wanted, double? Stretch = null)
{
    /// <summary>Stands behind the value, such as the run it is of.</summary>
    public string Note { get; init; } = "";

    public string Line()
    {
        var wanted = $"{(AtLeast ? "≥" : "≤")} {Text(Wanted)}"
            + (Stretch is { } stretch ? $" (stretch {stretch.ToString(Format, CultureInfo.InvariantCulture)})" : "");
        return Measured is { } value
            ? $"| {What} | **{Text(value)}**{Note} | {wanted} | {Verdict(value)} |"
            : $"| {What} | not measured | {wanted} | – |";
    }

    private string Verdict(double value)
    {
        var reached = Reaches(value, Wanted);
        var apart = Math.Abs(value / Wanted - 1);
        var word = reached ? "reached" : "**missed**";
        if (Stretch is { } stretch && Reaches(value, stretch))
        {
            word = "reached, stretch too";
        }

        return value <= 0 ? word : $"{word}: {apart.ToString("P0", CultureInfo.InvariantCulture)} {(value < Wanted ? "below" : "above")}";
    }

    private bool Reaches(double value, double wanted) => AtLeast ? value >= wanted : value <= wanted;

    private string Text(double value) => value.ToString(Format, CultureInfo.InvariantCulture) + Unit;
}
