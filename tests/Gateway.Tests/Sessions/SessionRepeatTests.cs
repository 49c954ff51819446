namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>What is said twice, in order, at once or too late, is one session, one report and one end.</summary>
public sealed class SessionRepeatTests
{
    [Fact]
    public async Task Starting_again_returns_the_open_session_with_its_first_goal()
    {
        await using var world = await SessionWorld.StartAsync();

        var first = await world.StartWorkAsync();
        var again = await world.ResultAsync("start_work_session", """{"card":"ndc-1","goal":"Something else"}""");

        Assert.Equal((string?)first["session_id"], (string?)again["session_id"]);
        Assert.Equal("Do it", (string?)world.Tasker.Reports.Last().Body["goal"]);
        Assert.Equal(1, await world.OpenAsync());
    }

    [Fact]
    public async Task Many_starts_at_once_begin_one_session()
    {
        await using var world = await SessionWorld.StartAsync();

        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.StartWorkAsync()));

        Assert.Single(ids.Select(one => (string?)one["session_id"]).Distinct());
        Assert.Single(world.Tasker.Comments);
        Assert.Equal((1, 0), (await world.OpenAsync(), await world.NotedAsync()));
    }

    [Fact]
    public async Task Without_its_index_the_same_race_begins_several()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.Ledger.ExecuteAsync("DROP INDEX work_sessions_one_open");
        var most = 0;
        for (var card = 1; card <= 20 && most < 2; card++)
        {
            var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.StartWorkAsync($"NDC-{card}")));
            most = ids.Select(one => (string?)one["session_id"]).Distinct().Count();
        }

        Assert.True(most > 1, "The race was not seen: the test above proves nothing.");
    }

    [Fact]
    public async Task The_same_report_within_two_minutes_is_none()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.StartWorkAsync();

        var first = await world.ReportAsync();
        var echo = await world.ReportAsync();
        var keyed = await world.ReportAsync(more: ""","idempotency_key":"another-key-1" """);
        var before = world.Tasker.Reports.Count;
        await world.LetPassAsync(TimeSpan.FromSeconds(121));
        var later = await world.ReportAsync();

        Assert.Equal((false, true, true), ((bool)first["replayed"]!, (bool)echo["replayed"]!, (bool)keyed["replayed"]!));
        Assert.Equal((2, 3), (before, world.Tasker.Reports.Count));
        Assert.False((bool)later["replayed"]!);
        Assert.Equal(2, await world.ValueAsync<int>("SELECT reports FROM work_sessions"));
    }

    [Fact]
    public async Task A_second_finish_returns_the_first_ones_result_whatever_it_says()
    {
        await using var world = await SessionWorld.StartAsync();
        var id = (string)(await world.StartWorkAsync())["session_id"]!;

        var first = await world.FinishAsync();
        var second = await world.ResultAsync("finish_work_session", """{"outcome":"failed","summary":"Or not"}""");
        await world.LetPassAsync(TimeSpan.FromHours(1));
        var named = await world.ResultAsync("finish_work_session", $$"""{"outcome":"failed","summary":"Or not","session_id":"{{id}}"}""");
        var unnamed = await world.FinishAsync();

        Assert.All(new[] { first, second, named }, one => Assert.Equal("completed", (string?)one["outcome"]));
        Assert.Equal((2, "no_work_session"), (world.Tasker.Reports.Count, (string?)unnamed["code"]));
    }

    [Fact]
    public async Task A_report_is_repeated_under_its_key_after_the_session_has_ended()
    {
        await using var world = await SessionWorld.StartAsync();
        await world.StartWorkAsync();
        var first = await world.ReportAsync(more: ""","idempotency_key":"report-key-1" """);
        await world.FinishAsync();

        var again = await world.ReportAsync(more: ""","idempotency_key":"report-key-1" """);

        Assert.Equal(((string?)first["session_id"], true), ((string?)again["session_id"], (bool)again["replayed"]!));
        Assert.Equal("completed", await world.ValueAsync<string>("SELECT outcome FROM work_sessions"));
    }
}
