namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>The three session tools from the agent's side: one session, one comment, and nothing twice.</summary>
public sealed class SessionToolTests
{
    [Fact]
    public async Task A_session_is_begun_reported_on_and_finished_with_one_comment()
    {
        await using var world = await SessionWorld.StartAsync();

        var started = await world.StartWorkAsync(more: ""","plan":["Read","Write"]""");
        var reported = await world.ReportAsync(
            more: ""","done_steps":[1],"status":"testing","links":["https://x.test/1"],"check_items":[{"block_id":"b1","checked":true}],"move_to":"Doing" """);
        var finished = await world.FinishAsync(""","next_steps":["Ship it"]""");

        var id = (string)started["session_id"]!;
        Assert.Equal((id, id), ((string?)reported["session_id"], (string?)finished["session_id"]));
        Assert.Equal(("NDC-1", "In Progress"), ((string?)started["card"], (string?)started["state"]));
        Assert.Equal("completed", (string?)finished["outcome"]);
        Assert.NotNull(started["stale_after"]);
        Assert.True((long)finished["duration_s"]! >= 0);
        Assert.Equal([id], world.Tasker.Comments.Keys);
        var (first, second, last) = (world.Tasker.Reports.ElementAt(0), world.Tasker.Reports.ElementAt(1), world.Tasker.Reports.ElementAt(2));
        Assert.True((bool)first.Body["move_to_started"]!);
        Assert.Equal("""[{"text":"Read","done":true},{"text":"Write","done":false}]""", second.Body["plan"]!.ToJsonString());
        Assert.Equal("""[{"url":"https://x.test/1"}]""", second.Body["links"]!.ToJsonString());
        Assert.Equal(("testing", "Doing"), ((string?)second.Body["status"], (string?)second.Body["move_to"]));
        Assert.Equal(("All of it\n\n**Next steps**\n\n- Ship it", true), ((string?)last.Body["progress_markdown"], (bool)last.Body["final"]!));
        Assert.Equal("""[{"text":"Read","done":true},{"text":"Write","done":false}]""", last.Body["plan"]!.ToJsonString());
        Assert.Equal((0, 0), (await world.OpenAsync(), await world.NotedAsync()));
    }

    [Theory]
    [InlineData("update_active_card", """{"progress":"x"}""", "no_work_session")]
    [InlineData("finish_work_session", """{"outcome":"completed","summary":"xyz"}""", "no_work_session")]
    [InlineData("update_active_card", """{"progress":"x","session_id":"nonsense"}""", "session_not_found")]
    [InlineData("update_active_card", """{"progress":"x","session_id":"01900000-0000-7000-8000-000000000000"}""", "session_not_found")]
    [InlineData("update_active_card", """{"progress":7}""", "validation_failed")]
    [InlineData("start_work_session", """{"card":"SEC-1","goal":"Do it"}""", "project_not_granted")]
    [InlineData("start_work_session", """{"card":"OPS-1","goal":"Do it"}""", "scope_missing")]
    [InlineData("start_work_session", """{"card":[1],"goal":"Do it"}""", "validation_failed")]
    [InlineData("start_work_session", """{"card":"NDC-1","goal":"Do it","plan":"x"}""", "validation_failed")]
    public async Task Without_a_session_there_is_nothing_to_report_on(string tool, string arguments, string code)
    {
        await using var world = await SessionWorld.StartAsync();

        Assert.Equal(code, (string?)(await world.ResultAsync(tool, arguments))["code"]);
        Assert.Empty(world.Tasker.Reports);
        Assert.Equal((0L, 0L), (await world.ValueAsync<long>("SELECT count(*) FROM work_sessions"), await world.NotedAsync()));
    }

    [Fact]
    public async Task With_two_open_sessions_a_report_names_its_own()
    {
        await using var world = await SessionWorld.StartAsync();
        var first = (string)(await world.StartWorkAsync())["session_id"]!;
        await world.StartWorkAsync("NDC-2");

        var refused = await world.ReportAsync();
        var named = await world.ReportAsync(more: $$""","session_id":"{{first}}" """);

        Assert.Equal("session_required", (string?)refused["code"]);
        Assert.Contains(first, refused["errors"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("NDC-1", (string?)named["card"]);
    }

    [Fact]
    public async Task A_session_of_another_agent_is_none()
    {
        await using var world = await SessionWorld.StartAsync();
        var id = (string)(await world.StartWorkAsync())["session_id"]!;
        var (_, other) = await world.AddAgentAsync();

        var report = await world.ReportAsync(more: $$""","session_id":"{{id}}" """, token: other);
        var finish = await world.FinishAsync($$""","session_id":"{{id}}" """, other);
        var start = await world.StartWorkAsync(token: other);
        var eager = await world.StartWorkAsync(more: ""","takeover":true""", token: other);

        Assert.Equal(("session_not_found", "session_not_found"), ((string?)report["code"], (string?)finish["code"]));
        Assert.Equal(("session_conflict", "session_conflict"), ((string?)start["code"], (string?)eager["code"]));
        Assert.Equal(1, await world.OpenAsync());
    }

    [Fact]
    public async Task A_stale_session_is_taken_over_by_who_says_so()
    {
        await using var world = await SessionWorld.StartAsync();
        var first = (string)(await world.StartWorkAsync())["session_id"]!;
        var (_, other) = await world.AddAgentAsync();
        await world.LetPassAsync(TimeSpan.FromMinutes(31));

        var timid = await world.StartWorkAsync(token: other);
        var bold = await world.StartWorkAsync(more: ""","takeover":true""", token: other);
        var late = await world.ReportAsync(more: $$""","session_id":"{{first}}" """);

        Assert.Equal("session_conflict", (string?)timid["code"]);
        Assert.NotEqual(first, (string?)bold["session_id"]);
        Assert.True((bool)world.Tasker.Reports.Last().Body["takeover"]!);
        Assert.Equal("session_ended", (string?)late["code"]);
        Assert.Equal("taken_over", await world.ValueAsync<string>($"SELECT ended_because FROM work_sessions WHERE id = '{first}'"));
        Assert.Equal(1, await world.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE decision = 'session_ended' AND cause = 'taken_over'"));
    }

    [Fact]
    public async Task A_report_of_a_step_that_was_never_planned_is_refused()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.StartWorkAsync(more: ""","plan":["Only one"]""");

        var refused = await world.ReportAsync(more: ""","done_steps":[2]""");

        Assert.Equal("validation_failed", (string?)refused["code"]);
        Assert.Contains("done_steps", (string?)refused["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_has_no_more_open_sessions_than_it_may_have()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.StartWorkAsync();
        await world.Ledger.ExecuteAsync(
            """
            INSERT INTO work_sessions (id, agent_id, project_id, project_key, card_number, goal, started_at)
            SELECT gen_random_uuid(), agent_id, project_id, project_key, n, goal, started_at FROM work_sessions, generate_series(2, 20) AS n
            """);

        var refused = await world.StartWorkAsync("NDC-21");
        var known = await world.StartWorkAsync("NDC-20");

        Assert.Equal(("too_many_sessions", "NDC-20"), ((string?)refused["code"], (string?)known["card"]));
    }

    [Fact]
    public async Task Who_am_i_shows_the_open_session_at_once()
    {
        await using var world = await SessionWorld.StartAsync();

        var before = await world.ResultAsync("whoami", "{}");
        var id = (string)(await world.StartWorkAsync())["session_id"]!;
        var during = await world.ResultAsync("whoami", "{}");
        await world.FinishAsync();
        var after = await world.ResultAsync("whoami", "{}");

        Assert.Null(before["active_session"]);
        Assert.Equal((id, "NDC-1", "Do it"), (
            (string?)during["active_session"]!["session_id"], (string?)during["active_session"]!["card"],
            (string?)during["active_session"]!["goal"]));
        Assert.Null(after["active_session"]);
    }
}
