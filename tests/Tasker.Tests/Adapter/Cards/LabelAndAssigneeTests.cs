namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>Changing sets by difference: what is not named stays, all of it or nothing.</summary>
public sealed class LabelAndAssigneeTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task Labels_are_added_and_removed_and_the_others_stay()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { labels = new[] { "bug", "Ошибка" } });

        var delta = new { add = new[] { "BACKEND", "bug" }, remove = new[] { "ошибка", "Café" } };
        var answer = await world.Agent.PostAsync($"/cards/{card}/labels", delta);

        answer.IsOk();
        Assert.Equal(["backend"], answer.List("added"));
        Assert.Equal(["Ошибка"], answer.List("removed"));
        Assert.Equal(["backend", "bug"], answer.List("labels"));
        Assert.Equal("r2", answer.Text("rev"));
        var again = await world.Agent.PostAsync($"/cards/{card}/labels", new { add = new[] { "backend" } });
        Assert.Empty(again.List("changed"));
        Assert.Equal("r2", again.Text("rev"));
    }

    [Fact]
    public async Task A_removed_label_can_be_added_again()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a", new { labels = new[] { "bug" } });

        await world.Agent.PostAsync($"/cards/{card}/labels", new { remove = new[] { "bug" } });

        Assert.Equal(["bug"], (await world.Agent.PostAsync($"/cards/{card}/labels", new { add = new[] { "bug" } })).List("labels"));
    }

    [Theory]
    [InlineData("""{"add":["bug","nope"]}""", "unknown_label")]
    [InlineData("""{"add":["bug"],"remove":["bug"]}""", "validation_failed")]
    [InlineData("""{"add":[],"remove":[]}""", "validation_failed")]
    [InlineData("""{"add":["bug"],"set":["a"]}""", "validation_failed")]
    [InlineData("""{"add":[1]}""", "validation_failed")]
    public async Task Nothing_changes_when_one_label_is_refused(string body, string code)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var before = await world.RowAsync(card);

        (await world.Agent.SendAsync(HttpMethod.Post, $"/cards/{card}/labels", AgentClient.Raw(body), AgentClient.NewKey())).IsProblem(422, code);

        Assert.Equal(before, await world.RowAsync(card));
        Assert.Empty((await world.Agent.GetAsync($"/cards/{card}")).List("labels"));
    }

    [Fact]
    public async Task People_are_named_by_handle_name_address_or_me()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        var path = $"/cards/{card}/assignees";

        Assert.Equal(["boris"], (await world.Agent.PostAsync(path, new { add = new[] { $"BORIS@{world.Slug}.example" } })).List("added"));
        Assert.Equal(["anna"], (await world.Agent.PostAsync(path, new { add = new[] { "me", "@anna", "anna ivanova" } })).List("added"));
        var gone = await world.Agent.PostAsync(path, new { remove = new[] { "Борис Петров" } });
        Assert.Equal(["anna"], gone.List("assignees"));
    }

    [Fact]
    public async Task One_person_who_cannot_be_assigned_refuses_all()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.PersonAsync("guest", "Guest One", 5, project: 5);
        await world.PersonAsync("outside", "Out Side", 15, project: null);
        await world.PersonAsync("robot", "Robo T", 15, project: 15);
        await world.ExecuteAsync("UPDATE users SET is_bot = true WHERE display_name = 'robot'");
        await world.PersonAsync("left", "Le Ft", 15, project: 15);
        await world.ExecuteAsync("UPDATE workspace_members SET is_active = false WHERE member_id IN (SELECT id FROM users WHERE display_name = 'left')");

        foreach (var (handle, code) in new[]
        {
            ("guest", "member_not_assignable"), ("outside", "member_not_assignable"), ("robot", "member_not_assignable"),
            ("left", "unknown_member"),
        })
        {
            var answer = await world.Agent.PostAsync($"/cards/{card}/assignees", new { add = new[] { "boris", handle } });
            answer.IsProblem(422, code);
            Assert.Equal("/add/1", answer.Text("errors.0.pointer"));
        }

        Assert.Empty((await world.Agent.GetAsync($"/cards/{card}")).List("assignees"));
    }

    [Fact]
    public async Task Namesakes_are_ambiguous_and_their_candidates_differ()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("a");
        await world.PersonAsync("ivan1", "Иван Ли", 15, project: 15);
        await world.PersonAsync("ivan2", "Иван Ли", 15, project: 15);

        var answer = await world.Agent.PostAsync($"/cards/{card}/assignees", new { add = new[] { "иван ли" } });

        answer.IsProblem(422, "ambiguous_name");
        Assert.Equal(["ivan1", "ivan2"], answer.List("errors.0.candidates"));
    }
}
