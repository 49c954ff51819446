using AgentGateway.Canon.Show.Charts;

namespace AgentGateway.Canon.Tests.Show;

/// <summary>A chart's axis has round marks and room for everything.</summary>
public sealed class ChartScaleTests
{
    [Theory]
    [InlineData(0, 4)]
    [InlineData(1, 1)]
    [InlineData(4, 4)]
    [InlineData(7.25, 8)]
    [InlineData(17, 20)]
    [InlineData(898, 1000)]
    [InlineData(1_000_001, 2_000_000)]
    [InlineData(0.004, 0.004)]
    public void The_highest_mark_is_round_and_not_below_the_largest_number(double largest, double expected)
    {
        var scale = new ChartScale(largest, 5);

        Assert.Equal(expected, scale.Marks.Last(), precision: 9);
        Assert.InRange(scale.Y(largest), ChartScale.Top, ChartScale.Bottom);
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-1)]
    public void A_number_that_is_none_breaks_no_chart(double largest) => Assert.Equal(4, new ChartScale(largest, 0).Marks.Last());

    [Fact]
    public void Labels_are_few_enough_to_be_read()
    {
        var scale = new ChartScale(1, 168);

        Assert.InRange(Enumerable.Range(0, 168).Count(scale.ShowsLabel), 4, 8);
        Assert.InRange(scale.X(0), ChartScale.Left, ChartScale.Right);
        Assert.InRange(scale.X(167), ChartScale.Left, ChartScale.Right);
    }
}
