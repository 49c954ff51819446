namespace AgentGateway.Gateway.Tests.Flow;

/// <summary>An agent that calls too often hears how long to wait, sends nothing, and does not fill the audit.</summary>
public sealed class LimitedCallTests
{
    [Fact]
    public async Task A_write_over_the_rate_says_how_long_to_wait_and_is_counted()
    {
        await using var world = await FlowWorld.StartAsync(writeRate: "0.01/1");
        const string Comment = """{"card":"NDC-1","body":"done"}""";
        await world.ResultAsync("add_comment", Comment);
        var sent = world.Tasker.LogEntries.Count;

        var refused = Enumerable.Range(0, 20).Select(_ => world.ResultAsync("add_comment", Comment));
        var results = await Task.WhenAll(refused);

        Assert.All(results, result =>
        {
            Assert.Equal("rate_limited", (string?)result["code"]);
            Assert.True((bool)result["retryable"]!);
            Assert.InRange((int)result["retry_after"]!, 1, 2100);
        });
        Assert.Equal(sent, world.Tasker.LogEntries.Count);
        await Support.Eventually.TrueAsync(async () => await world.Ledger.ValueAsync<long>(
            "SELECT coalesce(sum(count), 0) FROM audit_events WHERE reason = 'rate_limited'") == 20);
        Assert.InRange(
            await world.Ledger.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE reason = 'rate_limited'"), 1, 19);
    }
}
