using AgentGateway.Gateway.Owners.Entitlements;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Rest;
using AgentGateway.Policy;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>Sessions end with what their agents lose, in the same transaction; and mode reporting rests on what is open.</summary>
public sealed class SessionEndTests
{
    [Theory]
    [InlineData("/revoke", "agent_revoked")]
    [InlineData("/suspend", "agent_suspended")]
    [InlineData("/grants/NDC/revoke", "grant_revoked")]
    public async Task What_an_owner_takes_away_ends_the_sessions_that_rest_on_it(string route, string because)
    {
        await using var world = await SessionWorld.StartAsync();
        var (agent, token) = await world.AddAgentAsync();
        await world.StartWorkAsync(token: token);
        await world.StartWorkAsync("NDC-2");

        var answer = await world.Flow.AskAsync(
            "POST", $"/api/internal/v1/owners/u-boris/agents/{agent.Id}{route}", "{}"u8.ToArray(),
            ("Authorization", "Bearer " + FlowWorld.OwnersToken), ("X-NodeDC-Actor", "u-boris"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(because, await world.ValueAsync<string>("SELECT ended_because FROM work_sessions WHERE card_number = 1"));
        Assert.Equal(1, await world.OpenAsync());
        // One transaction: the row, its event and the change that ended it were written together.
        Assert.Equal(1, await world.ValueAsync<long>(
            """
            SELECT count(DISTINCT tx) FROM audit_events
            WHERE decision IN ('session_ended', 'agent_revoked', 'agent_suspended', 'grant_revoked')
            """));
        Assert.Equal(
            ("u-boris", because),
            (await world.ValueAsync<string>("SELECT actor FROM audit_events WHERE decision = 'session_ended'"),
             await world.ValueAsync<string>("SELECT cause FROM audit_events WHERE decision = 'session_ended'")));
        await world.Round.RunOnceAsync(CancellationToken.None);
        Assert.Equal(("abandoned", 2), ((string?)world.Tasker.Reports.Last().Body["status"], world.Tasker.Comments.Count));
    }

    [Theory]
    [InlineData(true, true, "owner_blocked")]
    [InlineData(false, false, "owner_blocked")]
    [InlineData(true, false, null)]
    public async Task An_owner_who_may_have_no_agents_any_more_has_no_sessions(bool enabled, bool blocked, string? because)
    {
        await using var world = await SessionWorld.StartAsync();
        var (_, token) = await world.AddAgentAsync();
        await world.StartWorkAsync(token: token);

        await world.Flow.Services.GetRequiredService<EntitlementBook>().ApplyAsync(
            "c", "u-boris", new EntitlementBody
            {
                Enabled = enabled,
                Blocked = blocked,
                Reason = "test",
                Actor = "root",
                Version = 1,
                OccurredAt = DateTimeOffset.UnixEpoch,
            }, CancellationToken.None);

        Assert.Equal(because, await world.ValueAsync<string>("SELECT ended_because FROM work_sessions"));
    }

    [Fact]
    public async Task A_session_whose_agent_is_revoked_while_it_begins_is_ended_in_tasker_too()
    {
        await using var world = await SessionWorld.StartAsync();
        var (agent, token) = await world.AddAgentAsync();
        var begun = new TaskCompletionSource();
        var revoked = new TaskCompletionSource();
        world.Tasker.BeforeAnswer = async () =>
        {
            begun.TrySetResult();
            await revoked.Task;
        };

        var start = world.StartWorkAsync(token: token);
        await begun.Task;
        await world.Ledger.Book.RevokeAgentAsync(agent.Id, "root", null, TimeSpan.Zero, CancellationToken.None);
        revoked.SetResult();
        var answer = await start;
        world.Tasker.BeforeAnswer = null;
        await world.Round.RunOnceAsync(CancellationToken.None);

        Assert.NotNull(answer["session_id"]);
        Assert.Equal("agent_revoked", await world.ValueAsync<string>("SELECT ended_because FROM work_sessions"));
        Assert.Equal("abandoned", (string?)world.Tasker.Comments.Single().Value["status"]);
    }

    [Fact]
    public async Task Who_only_reports_writes_to_the_card_of_its_open_session_and_no_longer_than_that()
    {
        await using var world = await SessionWorld.StartAsync();
        var (_, token) = await world.AddAgentAsync(AgentMode.Reporting);
        async Task<string?> MoveAsync(string card) =>
            (string?)(await world.ResultAsync("move_card", $$"""{"card":"{{card}}","to_state":"Doing"}""", token))["code"];

        var before = await MoveAsync("NDC-1");
        await world.StartWorkAsync(token: token);
        var during = await MoveAsync("NDC-1");
        var former = await MoveAsync("OLD-1");
        var elsewhere = await MoveAsync("NDC-2");
        var created = (string?)(await world.ResultAsync("create_card", """{"title":"x"}""", token))["code"];
        await world.FinishAsync(token: token);
        var after = await MoveAsync("NDC-1");

        Assert.Equal(
            new string?[] { "outside_session", null, null, "outside_session", "outside_session", "outside_session" },
            new[] { before, during, former, elsewhere, created, after });
    }

    [Fact]
    public async Task Without_the_new_version_a_replica_would_go_by_the_session_that_has_ended()
    {
        await using var first = await SessionWorld.StartAsync();
        await using var second = await FlowWorld.StartAsync(first.Ledger, taskerAddress: first.Tasker.Address);
        var (_, token) = await first.AddAgentAsync(AgentMode.Reporting);
        await first.StartWorkAsync(token: token);
        async Task<string?> MoveOnSecondAsync() =>
            (string?)(await second.CallAsync("move_card", """{"card":"NDC-1","to_state":"Doing"}""", token))["result"]!["structuredContent"]!["code"];
        Assert.Null(await MoveOnSecondAsync());
        await first.Ledger.ExecuteAsync(
            """
            CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN NEW.authority_version := OLD.authority_version; RETURN NEW; END $$;
            CREATE TRIGGER forget BEFORE UPDATE ON agents FOR EACH ROW EXECUTE FUNCTION forget()
            """);

        await first.FinishAsync(token: token);

        Assert.Null(await MoveOnSecondAsync());
    }

    [Fact]
    public async Task Three_replicas_say_the_same_and_a_new_one_remembers()
    {
        await using var first = await SessionWorld.StartAsync();
        await using var second = await FlowWorld.StartAsync(first.Ledger, taskerAddress: first.Tasker.Address);
        await using var third = await FlowWorld.StartAsync(first.Ledger, taskerAddress: first.Tasker.Address);
        var (agent, token) = await first.AddAgentAsync(AgentMode.Reporting);
        FlowWorld[] replicas = [first.Flow, second, third];
        async Task<string?> OnAsync(FlowWorld replica, string tool, string arguments, string member)
        {
            var result = (await replica.CallAsync(tool, arguments, token))["result"]!["structuredContent"]!;
            return (string?)(result["code"] ?? result[member]);
        }

        var id = await OnAsync(first.Flow, "start_work_session", """{"card":"NDC-1","goal":"Do it"}""", "session_id");
        var again = await OnAsync(second, "start_work_session", """{"card":"NDC-1","goal":"Do it"}""", "session_id");
        var moved = await OnAsync(third, "move_card", """{"card":"NDC-1","to_state":"Doing"}""", "card");
        var reported = await OnAsync(third, "update_active_card", """{"progress":"On"}""", "session_id");
        var echoed = await OnAsync(second, "update_active_card", """{"progress":"On"}""", "session_id");
        var during = await Task.WhenAll(replicas.Select(replica => SeenAsync(replica, agent.Id)));
        await OnAsync(second, "finish_work_session", """{"outcome":"completed","summary":"Done"}""", "session_id");
        var late = await Task.WhenAll(replicas.Select(replica => OnAsync(replica, "move_card", """{"card":"NDC-1","to_state":"X"}""", "card")));
        await using var fresh = await FlowWorld.StartAsync(first.Ledger, taskerAddress: first.Tasker.Address);
        var remembered = await Task.WhenAll(replicas.Append(fresh).Select(replica => SeenAsync(replica, agent.Id)));

        Assert.Equal(new[] { id, "NDC-1", id, id }, new[] { again, moved, reported, echoed });
        Assert.Equal(2, first.Tasker.Reports.Count(report => report.Session == id && (string?)report.Body["progress_markdown"] is null));
        Assert.Single(during.Distinct());
        Assert.Contains("NDC-1", during[0], StringComparison.Ordinal);
        Assert.All(late, code => Assert.Equal("outside_session", code));
        Assert.Single(remembered.Distinct());
    }

    // All of what is reported but the moment of the question.
    private static async Task<string> SeenAsync(FlowWorld replica, string agent)
    {
        var answer = await replica.AskAsync(
            "GET", "/api/internal/v1/reporting/agents", headers: ("Authorization", "Bearer " + FlowWorld.OwnersToken));
        return answer.Json["agents"]!.AsArray().Single(one => (string?)one!["id"] == agent)!.ToJsonString();
    }
}
