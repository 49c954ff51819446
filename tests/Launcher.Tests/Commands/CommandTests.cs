using AgentGateway.Launcher.Commands;
using AgentGateway.Launcher.Seed;
using AgentGateway.Launcher.Storage;
using AgentGateway.Launcher.Tests.Support;

namespace AgentGateway.Launcher.Tests.Commands;

/// <summary>The sample database and the full resynchronisation.</summary>
public sealed class CommandTests
{
    [Fact]
    public async Task The_seed_entitles_three_of_four_and_repeating_it_takes_nothing_back()
    {
        await using var world = await World.CreateAsync(launcherUp: false);
        await using var database = LauncherDatabase.Open(world.Connection);
        var report = await LauncherSeed.RunAsync(database, CancellationToken.None);
        await world.StartLauncherAsync();
        var anna = Guid.Parse("0a1a2a3a-0000-4000-8000-00000000a001");
        Assert.Equal(200, (await world.SwitchAsync(report.Users[1].Id, enabled: false, "off", anna, "nodedc")).Status);

        await LauncherSeed.RunAsync(database, CancellationToken.None);
        await world.DeliveredAsync();

        Assert.Equal(("nodedc", anna, "Anna Petrova"), (report.Client, report.Users[0].Id, report.Users[0].Name));
        Assert.Equal([true, true, false, true], report.Users.Select(user => user.Entitled));
        Assert.Equal([1], world.Gateway.Versions(anna, "nodedc"));
        Assert.Equal([1, 2], world.Gateway.Versions(report.Users[1].Id, "nodedc"));
        Assert.False((await world.CheckAsync(report.Users[2].Id)).Body.GetProperty("allowed").GetBoolean());
        Assert.Equal(4, await world.ScalarAsync<long>("SELECT count(*) FROM audit"));
    }

    [Fact]
    public async Task A_resync_sends_each_entitlement_once_as_it_is_now()
    {
        await using var world = await World.CreateAsync();
        await world.SwitchAsync(World.Person, enabled: true, "on");
        await world.SwitchAsync(World.Other, enabled: true, "on");
        await world.BlockAsync(World.Other, blocked: true);

        Assert.Equal(0, await ResyncCommand.RunAsync(world.Settings, CancellationToken.None));

        var items = Assert.Single(world.Gateway.Batches).GetProperty("entitlements").EnumerateArray()
            .ToDictionary(item => item.GetProperty("user_id").GetGuid());
        Assert.Equal(2, items.Count);
        Assert.Equal(1, items[World.Person].GetProperty("version").GetInt64());
        Assert.Equal(2, items[World.Other].GetProperty("version").GetInt64());
        Assert.True(items[World.Other].GetProperty("blocked").GetBoolean());
        Assert.Equal("acme", items[World.Other].GetProperty("client_id").GetString());
    }

    [Fact]
    public async Task A_resync_with_the_gateway_away_fails()
    {
        await using var world = await World.CreateAsync(gatewayUp: false);
        await world.SwitchAsync(World.Person, enabled: true, "on");

        Assert.Equal(1, await ResyncCommand.RunAsync(world.Settings, CancellationToken.None));
    }
}
