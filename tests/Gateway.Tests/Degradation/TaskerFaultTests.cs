using System.Net;
using System.Net.Sockets;
using AgentGateway.Support;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AgentGateway.Gateway.Tests.Degradation;

/// <summary>Without Tasker every call is admitted and settled as what it was; taking rights away needs no Tasker.</summary>
public sealed class TaskerFaultTests
{
    [Fact]
    public async Task Tasker_down_is_told_to_everyone_and_leaves_keys_free_and_owners_their_switch()
    {
        await using var world = await DegradationWorld.StartAsync(tasker: new Uri($"http://127.0.0.1:{UnusedPort()}"));

        Assert.Equal("upstream_unavailable", await world.ReadAsync());
        Assert.Equal("upstream_unavailable", await world.WriteAsync("key-00000001"));
        Assert.Equal("released", await world.Flow.Ledger.ValueAsync<string>("SELECT state FROM idempotency"));
        await Eventually.TrueAsync(async () => await world.CountAsync("kind = 'settled' AND reason = 'upstream_unavailable'") == 2);
        Assert.Equal(2, await world.CountAsync("kind = 'admitted'"));
        Assert.Equal("upstream_unavailable", await world.GrantAsync());
        Assert.Null(await world.SuspendAsync());
        Assert.Equal("suspended", await world.StatusAsync());
    }

    [Fact]
    public async Task Tasker_slow_fails_reads_leaves_writes_in_doubt_and_owners_their_switch()
    {
        await using var world = await DegradationWorld.StartAsync();
        world.Flow.Tasker.ResetMappings();
        world.Flow.Tasker.Given(Request.Create()).RespondWith(Response.Create().WithStatusCode(201).WithDelay(TimeSpan.FromSeconds(20)));

        var read = world.ReadAsync();
        var write = world.WriteAsync("key-00000001");
        await Eventually.TrueAsync(async () => await world.CountAsync("kind = 'admitted'") == 2);
        Assert.Null(await world.SuspendAsync());

        Assert.Equal("upstream_unavailable", await read);
        Assert.Equal("outcome_unknown", await write);
        Assert.Equal("in_doubt", await world.Flow.Ledger.ValueAsync<string>("SELECT state FROM idempotency"));
        await Eventually.TrueAsync(async () => await world.CountAsync("kind = 'settled'") == 2);
        Assert.Equal(1, await world.CountAsync("kind = 'settled' AND decision = 'in_doubt' AND effect = 'write'"));
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
