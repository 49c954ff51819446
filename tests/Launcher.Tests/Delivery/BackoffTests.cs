using AgentGateway.Launcher.Delivery;

namespace AgentGateway.Launcher.Tests.Delivery;

/// <summary>Waits grow, scatter and end at thirty seconds.</summary>
public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 125, 250)]
    [InlineData(2, 250, 500)]
    [InlineData(5, 2000, 4000)]
    [InlineData(8, 15000, 30000)]
    [InlineData(1_000_000, 15000, 30000)]
    public void A_wait_lies_in_the_upper_half_of_its_step(int failures, int least, int most)
    {
        var waits = Enumerable.Range(0, 200).Select(_ => Backoff.After(failures).TotalMilliseconds).ToList();

        Assert.All(waits, wait => Assert.InRange(wait, least, most));
        Assert.True(waits.Distinct().Count() > 1);
    }
}
