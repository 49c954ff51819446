using AgentGateway.Gateway.Configure;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Tests.Configure;

public sealed class RateParserTests
{
    [Theory]
    [InlineData("10/40", 10, 40)]
    [InlineData("0.5/3", 0.5, 3)]
    [InlineData("0", 0, 0)]
    public void A_rate_is_so_many_a_second_and_so_many_at_once(string text, double perSecond, double burst) =>
        Assert.Equal(new Rate(perSecond, burst), SettingParsers.Rate(text));

    [Theory]
    [InlineData("10")]
    [InlineData("0/0")]
    [InlineData("-1/5")]
    [InlineData("5/0")]
    [InlineData("NaN/1")]
    [InlineData("1/2/3")]
    [InlineData("")]
    public void A_rate_that_is_none_is_refused(string text) =>
        Assert.Throws<FormatException>(() => SettingParsers.Rate(text));
}
