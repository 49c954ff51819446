using AgentGateway.Gateway.Limits;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Rest;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Limits;

/// <summary>One agent's calls at once: a few run, some wait, the rest hears how long; other agents notice nothing.</summary>
public sealed class AgentTurnTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Exactly_the_limit_run_at_once_and_each_that_ends_lets_one_more_in(int running)
    {
        await using var turns = new AgentTurns(running, TimeProvider.System);
        var asked = Enumerable.Range(0, 20).Select(_ => turns.TakeAsync("ag_1", CancellationToken.None).AsTask()).ToList();

        for (var ended = 0; ended < asked.Count; ended++)
        {
            var most = Math.Min(asked.Count, running + ended);
            await Eventually.TrueAsync(() => Task.FromResult(asked.Count(turn => turn.IsCompleted) >= most));
            Assert.Equal(most, asked.Count(turn => turn.IsCompleted));
            using var turn = await asked[ended];
            Assert.Null(turn.Refusal);
        }
    }

    [Fact]
    public async Task A_full_queue_refuses_at_once_and_another_agent_runs()
    {
        await using var turns = new AgentTurns(running: 1, TimeProvider.System, waiting: 1);
        using var first = await turns.TakeAsync("ag_1", CancellationToken.None);
        var second = turns.TakeAsync("ag_1", CancellationToken.None).AsTask();

        using var third = await turns.TakeAsync("ag_1", CancellationToken.None);
        using var other = await turns.TakeAsync("ag_2", CancellationToken.None);

        Assert.Equal((Reasons.RateLimited, Check.Rate, 2), (third.Refusal!.Reason, third.Refusal.Check, third.Refusal.RetryAfterSeconds));
        Assert.Null(other.Refusal);
        first.Dispose();
        using var waited = await second;
        Assert.Null(waited.Refusal);
    }

    [Fact]
    public async Task Who_waits_in_vain_hears_so_after_two_seconds_and_leaves_no_place_taken()
    {
        await using var turns = new AgentTurns(running: 1, TimeProvider.System);
        using (await turns.TakeAsync("ag_1", CancellationToken.None))
        {
            var started = TimeProvider.System.GetTimestamp();
            using var refused = await turns.TakeAsync("ag_1", CancellationToken.None);

            Assert.NotNull(refused.Refusal);
            Assert.InRange(TimeProvider.System.GetElapsedTime(started), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(10));
        }

        using var next = await turns.TakeAsync("ag_1", CancellationToken.None);
        Assert.Null(next.Refusal);
    }

    [Fact]
    public async Task Who_goes_away_while_waiting_gives_up_its_place()
    {
        await using var turns = new AgentTurns(running: 1, TimeProvider.System, waiting: 1);
        using var first = await turns.TakeAsync("ag_1", CancellationToken.None);
        using var gone = new CancellationTokenSource();
        var waiting = turns.TakeAsync("ag_1", gone.Token).AsTask();

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        var second = turns.TakeAsync("ag_1", CancellationToken.None).AsTask();
        first.Dispose();
        using var turn = await second;
        Assert.Null(turn.Refusal);
    }

    [Fact]
    public async Task A_crowded_agent_is_refused_at_both_doors_with_the_seconds_and_an_event_while_another_is_served()
    {
        await using var tasker = await SlowTasker.StartAsync();
        await using var world = await FlowWorld.StartAsync(taskerAddress: tasker.Address, more: FlowWorld.Set(("AGENT_CONCURRENCY", "1")));
        var running = world.CallToolAsync("list_comments", """{"card":"NDC-1"}""");
        await tasker.Arrived;

        var mcp = await world.CallAsync("whoami", "{}");
        var rest = await world.CallToolAsync("whoami", "{}");
        var other = await OtherAgentAsync(world);

        Assert.True((bool)mcp["result"]!["isError"]!);
        var told = mcp["result"]!["structuredContent"]!;
        Assert.Equal(("rate_limited", "rate", 2, true), (
            (string?)told["code"], (string?)told["check"], (int)told["retry_after"]!, (bool)told["retryable"]!));
        Assert.Contains("2 seconds", (string)mcp["result"]!["content"]![0]!["text"]!, StringComparison.Ordinal);
        Assert.Equal((429, "rate_limited", TimeSpan.FromSeconds(2)), (rest.Status, rest.Code, rest.RetryAfter!.Value));
        Assert.Equal(200, other.Status);
        await Eventually.TrueAsync(async () => await world.Ledger.ValueAsync<long>(
            "SELECT count(*) FROM audit_events WHERE kind = 'refused' AND reason = 'rate_limited' AND agent_id IS NOT NULL") == 2);
        tasker.Release();
        Assert.Equal(200, (await running).Status);
        Assert.Equal(200, (await world.CallToolAsync("whoami", "{}")).Status);
    }

    private static async Task<RestAnswer> OtherAgentAsync(FlowWorld world) => await world.AskAsync(
        "POST", "/api/v1/tools/whoami", "{}"u8.ToArray(), ("Authorization", $"Bearer {world.Ledger.Token.Token}"));
}
