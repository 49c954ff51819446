using System.Globalization;
using AgentGateway.Gateway.Tests.Reconcile;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Degradation;

/// <summary>A replica whose own clock is wrong: the database's decides, and what rests on the replica's fails closed.</summary>
public sealed class ClockTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task A_wrong_clock_changes_neither_expiry_nor_deadline(int minutes)
    {
        await using var world = await DegradationWorld.StartAsync(replace: Skew(minutes));

        Assert.Equal("NDC-1", await world.ReadAsync());
        Assert.Equal("NDC-1", await world.WriteAsync("key-00000001"));
        var deadline = DateTimeOffset.Parse(
            world.Flow.Tasker.LogEntries[^1].RequestMessage!.Headers!["X-NodeDC-Not-After"][0], CultureInfo.InvariantCulture);
        Assert.InRange(deadline - TimeProvider.System.GetUtcNow(), TimeSpan.FromSeconds(-20), TimeSpan.FromSeconds(10));

        await world.Flow.Ledger.ExecuteAsync("UPDATE tokens SET expires_at = clock_timestamp() - interval '1 second'");
        await world.Flow.Ledger.ExecuteAsync("UPDATE agents SET authority_version = authority_version + 1");
        var (status, body) = await world.Flow.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        Assert.Equal(401, status);
        Assert.DoesNotContain("tools", body, StringComparison.Ordinal);
        Assert.Null(await world.SuspendAsync());
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-10)]
    public async Task Where_calls_are_signed_a_wrong_clock_gets_nothing_done_and_leaves_keys_free(int minutes)
    {
        await using var world = await ReconcileWorld.StartAsync(Skew(minutes));

        Assert.Equal("upstream_unavailable", (string)(await world.CreateCardAsync("key-00000001"))["code"]!);
        Assert.Equal("upstream_unavailable", (string)(await world.Flow.ResultAsync("get_project_context", """{"project":"NDC"}"""))["code"]!);
        Assert.Equal("released", await world.StateAsync());
        Assert.Equal(0, await world.Tasker.CardsAsync());
    }

    private static Action<IServiceCollection> Skew(int minutes) => services =>
        services.AddSingleton<TimeProvider>(new WrongClock(TimeSpan.FromMinutes(minutes)));

    private sealed class WrongClock(TimeSpan wrong) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + wrong;
    }
}
