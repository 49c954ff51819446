using System.Net;
using System.Net.Sockets;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Tests.Accept;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Limits;

/// <summary>Open connections cost memory before they say anything: one source has a few, all together a bounded number.</summary>
public sealed class ConnectionLimitTests
{
    private static readonly byte[] Question = "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"u8.ToArray();

    [Theory]
    [InlineData("SOURCE_CONNECTIONS")]
    [InlineData("CONNECTIONS")]
    public async Task Above_the_limit_a_connection_is_closed_unread_and_a_closed_one_makes_room(string setting)
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set((setting, "3")));
        var open = new List<RawConnection>();
        for (var i = 0; i < 3; i++)
        {
            open.Add(await OpenAsync(world));
        }

        await Eventually.TrueAsync(() => Task.FromResult(Limit(world).Open == 3));
        Assert.False(await IsAnsweredAsync(world));

        open[0].Dispose();
        await Eventually.TrueAsync(() => Task.FromResult(Limit(world).Open == 2));
        Assert.True(await IsAnsweredAsync(world));
        open.ForEach(connection => connection.Dispose());
    }

    [Fact]
    public async Task A_trusted_proxy_may_have_as_many_as_there_are_in_all()
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("SOURCE_CONNECTIONS", "1"), ("TRUSTED_PROXIES", "127.0.0.1")));
        using var first = await OpenAsync(world);
        using var second = await OpenAsync(world);

        Assert.True(await AnswersAsync(first));
        Assert.True(await AnswersAsync(second));
    }

    [Theory]
    [InlineData("10.1.2.3", "10.1.2.3", true)]
    [InlineData("10.1.2.3", "10.1.2.4", false)]
    [InlineData("10.1.2.3", "::ffff:10.1.2.3", true)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", false)]
    [InlineData("::1", "0.0.0.0", false)]
    public void A_source_is_an_address_or_an_ipv6_network(string left, string right, bool same) =>
        Assert.Equal(same, Sources.KeyOf(IPAddress.Parse(left)) == Sources.KeyOf(IPAddress.Parse(right)));

    private static ConnectionLimit Limit(FlowWorld world) => world.Services.GetRequiredService<ConnectionLimit>();

    private static Task<RawConnection> OpenAsync(FlowWorld world) =>
        RawConnection.OpenAsync(new IPEndPoint(IPAddress.Loopback, world.Address.Port));

    /// <summary>Whether one more connection is answered; one that is hung up on may learn of it before it knows itself connected.</summary>
    private static async Task<bool> IsAnsweredAsync(FlowWorld world)
    {
        try
        {
            using var connection = await OpenAsync(world);
            return await AnswersAsync(connection);
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset)
        {
            return false;
        }
    }

    private static async Task<bool> AnswersAsync(RawConnection connection)
    {
        try
        {
            await connection.SendAsync(Question);
            return await connection.ReadToEndAsync(head: false) is [{ Status: 404 }, ..];
        }
        catch (IOException)
        {
            return false;
        }
    }
}
