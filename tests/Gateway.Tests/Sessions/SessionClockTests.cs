using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Rest;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>Replicas whose clocks are hours apart: what is stale, said again or connected is the database's to say.</summary>
public sealed class SessionClockTests
{
    [Fact]
    public async Task Clocks_that_differ_change_neither_sessions_nor_states()
    {
        await using var early = await SessionWorld.StartAsync(replace: Skew(-90));
        await using var late = await FlowWorld.StartAsync(early.Ledger, taskerAddress: early.Tasker.Address, replace: Skew(90));
        var (agent, token) = await early.AddAgentAsync();
        var (_, other) = await early.AddAgentAsync();
        async Task<string?> OnLateAsync(string tool, string arguments, string token, string member) =>
            (string?)(await late.CallAsync(tool, arguments, token))["result"]!["structuredContent"]![member];

        await early.StartWorkAsync(token: token);
        var held = await OnLateAsync("start_work_session", """{"card":"NDC-1","goal":"Do it","takeover":true}""", other, "code");
        await early.ReportAsync(token: token);
        await OnLateAsync("update_active_card", """{"progress":"Half of it"}""", token, "session_id");
        var reports = await early.ValueAsync<int>("SELECT reports FROM work_sessions");
        var states = await Task.WhenAll(new[] { early.Flow, late }.Select(async replica => (await replica.AskAsync(
                "GET", "/api/internal/v1/reporting/agents", headers: ("Authorization", "Bearer " + FlowWorld.OwnersToken)))
            .Json["agents"]!.AsArray().Single(one => (string?)one!["id"] == agent.Id)!.ToJsonString()));

        Assert.Equal(("session_conflict", 1), (held, reports));
        Assert.Single(states.Distinct());
        Assert.Contains("\"state\":\"connected\"", states[0], StringComparison.Ordinal);
    }

    private static Action<IServiceCollection> Skew(int minutes) => services =>
        services.AddSingleton<TimeProvider>(new WrongClock(TimeSpan.FromMinutes(minutes)));

    private sealed class WrongClock(TimeSpan wrong) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + wrong;
    }
}
