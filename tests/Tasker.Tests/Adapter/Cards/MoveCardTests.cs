namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>Moving cards between states.</summary>
public sealed class MoveCardTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task A_card_goes_to_the_end_of_its_new_column_and_is_completed_or_not()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("first", new { state = "Готово" });
        var card = await world.CardAsync("second");

        var done = await world.Agent.PostAsync($"/cards/{card}/move", new { to_state = "готово", reason = "Всё проверено" });

        done.IsOk();
        Assert.Equal(["state"], done.List("changed"));
        Assert.Equal(("Todo", "unstarted"), (done.Text("before.state"), done.Text("before.group")));
        Assert.Equal(("Готово", "completed"), (done.Text("after.state"), done.Text("after.group")));
        Assert.True(await world.ScalarAsync<bool>(
            """
            SELECT b.sort_order = a.sort_order + 10000 AND b.completed_at IS NOT NULL
            FROM issues a JOIN issues b USING (project_id) WHERE project_id = @Project AND a.sequence_id = 1 AND b.sequence_id = 2
            """));
        Assert.Equal("Всё проверено", (await world.Agent.GetAsync($"/cards/{card}/activity")).Text("activity.0.reason"));
        await world.Agent.PostAsync($"/cards/{card}/move", new { to_state = "Cancelled" });
        Assert.True(await world.ScalarAsync<bool>("SELECT completed_at IS NULL FROM issues WHERE project_id = @Project AND sequence_id = 2"));
    }

    [Fact]
    public async Task Moving_to_where_it_is_changes_nothing()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var before = await world.RowAsync(card);

        var answer = await world.Agent.PostAsync($"/cards/{card}/move", new { to_state = "Todo" });

        answer.IsOk();
        Assert.Empty(answer.List("changed"));
        Assert.Equal(answer.At("before")!.ToJsonString(), answer.At("after")!.ToJsonString());
        Assert.Equal(before, await world.RowAsync(card));
    }

    [Fact]
    public async Task A_card_that_moved_meanwhile_stays_where_it_is()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var move = new { to_state = "In Progress", expected_state = "Todo" };

        (await world.Agent.PostAsync($"/cards/{card}/move", move)).IsOk();
        var late = await world.Agent.PostAsync($"/cards/{card}/move", move);

        late.IsProblem(409, "state_changed");
        Assert.Contains("In Progress", late.Text("detail"), StringComparison.Ordinal);
        (await world.Agent.PostAsync($"/cards/{card}/move", new { to_state = "Todo", expected_state = "Nowhere" })).IsProblem(422, "unknown_state");
    }

    [Fact]
    public async Task Of_two_moves_expecting_the_same_state_one_wins()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");

        var answers = await Task.WhenAll(new[] { "In Progress", "Backlog" }.Select(state =>
            world.Agent.PostAsync($"/cards/{card}/move", new { to_state = state, expected_state = "Todo" })));

        Assert.Equal([200, 409], answers.Select(answer => answer.Status).Order());
    }

    [Fact]
    public async Task Deleted_states_are_no_targets()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { state = "In Review" });
        await world.ExecuteAsync("UPDATE states SET deleted_at = now() WHERE project_id = @Project AND name IN ('In Review', 'Backlog')");

        (await world.Agent.PostAsync($"/cards/{card}/move", new { to_state = "Backlog" })).IsProblem(422, "unknown_state");
        (await world.Agent.PostAsync($"/cards/{card}/move", new { to_state = "Todo" })).IsOk();
    }
}
