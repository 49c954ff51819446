using System.Diagnostics;
using AgentGateway.Security.Tests.Faults;
using AgentGateway.Security.Tests.Rig;
using AgentGateway.Security.Tests.Wire;

namespace AgentGateway.Security.Tests.Revocation;

/// <summary>A call admitted before the revoke may still arrive, unless the revoke said that nothing was on its way.</summary>
public sealed class DrainTests
{
    [Theory]
    [InlineData("get_card", $$"""{"card":"{{FakeTasker.Card}}"}""")]
    [InlineData("add_comment", $$"""{"card":"{{FakeTasker.Card}}","body":"b"}""")]
    public async Task Nothing_arrives_after_a_revoke_that_answered_drained(string tool, string arguments)
    {
        await using var world = await ReplicaWorld.StartAsync();
        await using var slow = Victim.Start(world.Settings, Path.Combine(world.Logs, "slow.log"), plant: null);
        await slow.Replica.WaitUntilReadyAsync(world.Client);
        var agent = await world.Owners.CreateAgentAsync(world.Replicas[0], "u-drain", "drain");
        Assert.True((await world.Agents.CallAsync(slow.Replica, agent.Token, tool, arguments)).Succeeded);

        // Its admission commits, and it does not hear of that yet.
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Database.Arm(async frame =>
        {
            await (frame.Toward == Toward.Client ? heard.Task : Task.CompletedTask);
            return Fate.Pass;
        });
        var before = await world.AdmittedAsync(agent.Id);
        var call = world.Agents.CallAsync(slow.Replica, agent.Token, tool, arguments);
        while (await world.AdmittedAsync(agent.Id) == before)
        {
            await Task.Delay(5);
        }

        var taken = await world.Owners.TakeAsync("agent", world.Replicas[0], agent, number: 1, drainSeconds: 1);
        var returned = Stopwatch.GetTimestamp();
        heard.SetResult();
        await call;

        var arrived = world.Tasker.Arrivals.Count(one => one.Agent == agent.Id && one.At > returned);
        Assert.False(taken.Drained == true && arrived > 0, $"The revoke answered drained, and {tool} arrived after it.");
    }
}
