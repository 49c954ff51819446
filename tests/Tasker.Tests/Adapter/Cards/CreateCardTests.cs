namespace AgentGateway.Tasker.Tests.Adapter.Cards;

/// <summary>Creating cards: names must exist, nothing is made up, the same title twice is one card.</summary>
public sealed class CreateCardTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task A_card_is_made_with_everything_it_was_asked_for()
    {
        var world = await tasker.NewWorldAsync();
        var parent = await world.CardAsync("parent");

        var answer = await world.Agent.PostAsync($"/projects/{world.Project}/cards", new
        {
            title = "  Новая\tкарта ",
            content_markdown = "# Цель\n\n- [x] one\n- [ ] two\n\n<script>alert(1)</script>",
            state = "in PROGRESS",
            priority = "high",
            labels = new[] { "BUG", "ошибка", "Cafe\u0301" },
            assignees = new[] { "me", "борис петров" },
            parent = parent.ToLowerInvariant(),
            start_date = "2026-01-02",
            due_date = "2026-03-04",
            estimate = "5",
        });

        answer.IsOk(201);
        Assert.Equal(world.Project.ToString(), answer.Text("project_id"));
        Assert.Equal("NDC-2", answer.Text("card"));
        Assert.Equal("https://tasker.example/board/NDC/2", answer.Text("url"));
        Assert.Equal(("In Progress", "started"), (answer.Text("state.name"), answer.Text("state.group")));
        Assert.Equal(["anna", "boris"], answer.List("assignees"));
        Assert.Equal(["Café", "bug", "Ошибка"], answer.List("labels").Order(StringComparer.Ordinal));
        var card = await world.Agent.GetAsync("/cards/NDC-2?include=content,activity");
        Assert.Equal("Новая карта", card.Text("title"));
        Assert.Equal(("high", "5", "NDC-1"), (card.Text("priority"), card.Text("estimate"), card.Text("parent.key")));
        Assert.Equal(("2026-01-02", "2026-03-04"), (card.Text("start_date"), card.Text("due_date")));
        Assert.Equal(("1", "2"), (card.Text("progress.checked"), card.Text("progress.total")));
        Assert.Contains("script", card.Text("content_markdown"), StringComparison.Ordinal);
        Assert.Equal(("agent", "Ноутбук"), (card.Text("created_by.kind"), card.Text("created_by.name")));
        Assert.Equal("anna", card.Text("created_by.on_behalf_of"));
        Assert.Equal("trace-1", card.Text("activity.0.trace_id"));
        Assert.DoesNotContain("<script", await world.ScalarAsync<string>(
            "SELECT description_html FROM issues WHERE project_id = @Project AND sequence_id = 2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("state", "Gotovo", "unknown_state")]
    [InlineData("labels", "bugs", "unknown_label")]
    [InlineData("assignees", "ana", "unknown_member")]
    public async Task Unknown_names_are_refused_with_candidates_and_nothing_is_created(string member, string value, string code)
    {
        var world = await tasker.NewWorldAsync();
        var states = await world.ScalarAsync<int>("SELECT count(*)::int FROM states WHERE project_id = @Project");

        var answer = await world.Agent.PostAsync($"/projects/{world.Project}/cards", AgentClient.Merge(
            new { title = "a" }, new Dictionary<string, object> { [member] = member == "state" ? value : new[] { value } }));

        answer.IsProblem(422, code);
        Assert.Equal(member == "state" ? "/state" : $"/{member}/0", answer.Text("errors.0.pointer"));
        Assert.Equal(value, answer.Text("errors.0.value"));
        Assert.InRange(answer.Items("errors.0.candidates").Length, 1, 5);
        Assert.Equal(
            (0, states, 5),
            (await world.ScalarAsync<int>("SELECT count(*)::int FROM issues WHERE project_id = @Project"),
                await world.ScalarAsync<int>("SELECT count(*)::int FROM states WHERE project_id = @Project"),
                await world.ScalarAsync<int>("SELECT count(*)::int FROM labels WHERE project_id = @Project")));
    }

    [Fact]
    public async Task An_exact_name_wins_over_one_that_differs_in_case()
    {
        var world = await tasker.NewWorldAsync();
        await world.ExecuteAsync("INSERT INTO labels (id, project_id, name) VALUES (gen_random_uuid(), @Project, 'Bug')");
        var path = $"/projects/{world.Project}/cards";

        Assert.Equal(["Bug"], (await world.Agent.PostAsync(path, new { title = "a", labels = new[] { "Bug" } })).List("labels"));
        Assert.Equal(["bug"], (await world.Agent.PostAsync(path, new { title = "b", labels = new[] { "bug" } })).List("labels"));
        var both = await world.Agent.PostAsync(path, new { title = "c", labels = new[] { "BUG" } });
        both.IsProblem(422, "ambiguous_name");
        Assert.Equal(["Bug", "bug"], both.List("errors.0.candidates").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_same_title_within_ten_minutes_is_the_same_open_card()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";
        await world.Agent.PostAsync(path, new { title = "Починить Вход" });

        var twin = await world.Agent.PostAsync(path, new { title = "починить  вход" });
        var other = await (world.Agent with { AgentId = "ag_other" }).PostAsync(path, new { title = "Починить Вход" });
        var wanted = await world.Agent.PostAsync(path, new { title = "Починить Вход", allow_duplicate = true });

        twin.IsOk(200);
        Assert.Equal(("NDC-1", "true"), (twin.Text("card"), twin.Text("deduplicated")));
        Assert.Equal((201, 201), (other.Status, wanted.Status));

        await world.ExecuteAsync("UPDATE issues SET created_at = now() - interval '11 minutes' WHERE project_id = @Project");
        Assert.Equal(201, (await world.Agent.PostAsync(path, new { title = "Починить Вход" })).Status);
    }

    [Fact]
    public async Task A_closed_card_is_no_duplicate_and_an_external_id_is_one()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";
        await world.Agent.PostAsync(path, new { title = "a", external_id = "x-1" });
        await world.Agent.PostAsync("/cards/NDC-1/move", new { to_state = "Готово" });

        Assert.Equal(201, (await world.Agent.PostAsync(path, new { title = "a" })).Status);
        Assert.Equal("NDC-1", (await world.Agent.PostAsync(path, new { title = "b", external_id = "x-1" })).Text("card"));
    }

    [Fact]
    public async Task A_parent_in_another_project_or_nowhere_is_refused()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";

        (await world.Agent.PostAsync(path, new { title = "a", parent = "OPS-1" })).IsProblem(403, "project_not_granted");
        (await world.Agent.PostAsync(path, new { title = "a", parent = "NDC-9" })).IsProblem(404, "card_not_found");
        (await world.Agent.PostAsync(path, new { title = "a", parent = "one" })).IsProblem(422, "validation_failed");
        (await world.Agent.PostAsync(path, new { title = "a", estimate = "4" })).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task Every_complaint_about_a_body_comes_at_once()
    {
        var world = await tasker.NewWorldAsync();

        var answer = await world.Agent.PostAsync(
            $"/projects/{world.Project}/cards", new { title = "", priority = "x", labels = "bug", due_date = 5 });

        Assert.Equal(["/title", "/priority", "/labels", "/due_date"], answer.Items("errors").Select(e => e["pointer"]!.GetValue<string>()));
    }

    [Fact]
    public async Task One_bot_user_per_agent_acts_and_belongs_to_one_owner()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("a");
        await world.CardAsync("b");
        var agent = new { agent = world.Agent.AgentId };

        Assert.Equal("Codex · Ноутбук", await world.ScalarAsync<string>(
            "SELECT u.display_name FROM agent_bots b JOIN users u ON u.id = b.user_id WHERE b.agent_id = @agent AND u.is_bot", agent));
        Assert.Equal(1, await world.ScalarAsync<int>("SELECT count(DISTINCT created_by)::int FROM issues WHERE project_id = @Project"));
        (await world.Agent.With("X-NodeDC-Agent-Owner", world.Boris.ToString()).PostAsync("/cards/NDC-1/move", new { to_state = "Backlog" }))
            .IsProblem(403, "agent_suspended");
        await world.ExecuteAsync("UPDATE users SET is_active = false WHERE id = (SELECT user_id FROM agent_bots WHERE agent_id = @agent)", agent);
        (await world.Agent.PostAsync("/cards/NDC-1/move", new { to_state = "Backlog" })).IsProblem(403, "agent_suspended");
    }
}
