using AgentGateway.Console.Book;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AgentGateway.Console.Tests;

/// <summary>A page's address is its filter: what it says comes back, what makes no sense is left out.</summary>
public sealed class CallFilterTests
{
    [Fact]
    public void An_address_comes_back_as_its_filter()
    {
        var filter = new CallFilter
        {
            Kind = "all",
            Agent = "Olga & \"Co\" <x>",
            Tool = "get_card",
            Decision = "deny",
            Reason = "scope_missing",
            From = new DateTimeOffset(2026, 3, 1, 12, 30, 0, TimeSpan.Zero),
            To = new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero),
        };

        var read = Read(filter.Address(before: 77));

        Assert.Equal(filter with { Before = 77 }, read);
    }

    [Theory]
    [InlineData("/calls?kind=everything&decision=maybe&from=yesterday&before=-1")]
    [InlineData("/calls?kind=&agent=&before=9999999999999999999999")]
    [InlineData("/calls?agent=a&agent=b&tool=%00&before=1e3")]
    [InlineData("/calls")]
    public void Nonsense_is_no_filter(string address) => Assert.Equal(new CallFilter(), Read(address));

    [Fact]
    public void A_moment_without_a_zone_is_in_utc() => Assert.Equal(
        new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), Read("/calls?from=2026-03-01T12:00").From);

    private static CallFilter Read(string address) =>
        CallFilter.Read(new QueryCollection(QueryHelpers.ParseQuery(new Uri(new Uri("http://x"), address).Query)));
}
