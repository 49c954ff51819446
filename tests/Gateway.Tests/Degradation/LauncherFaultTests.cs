using AgentGateway.Gateway.Tests.Owners;
using AgentGateway.Gateway.Tests.Owners.Entitlements;

namespace AgentGateway.Gateway.Tests.Degradation;

/// <summary>Without the Launcher its last word holds, and taking rights away needs no Launcher.</summary>
public sealed class LauncherFaultTests
{
    [Fact]
    public async Task Launcher_down_leaves_agents_its_last_word_and_owners_their_switch()
    {
        await using var world = await OwnersWorld.StartAsync(more: PullTests.Launcher(new Uri("http://127.0.0.1:1"), "5m", "24h"));
        var token = world.Ledger.Token.Token;
        Assert.Equal("agents_disabled", await world.TryTokenAsync(token));

        var pushed = await world.AskAsync("PUT", "/entitlements/nodedc/u-anna/codex_agents", OwnersWorld.Entitlement(1), actor: "");
        Assert.Equal(200, pushed.Status);
        Assert.Null(await world.TryTokenAsync(token));

        Assert.Equal(200, (await world.AskAsync("POST", world.Agent("/suspend"), """{"reason":"drill"}""")).Status);
        Assert.Equal("agent_suspended", await world.TryTokenAsync(token));
    }
}
