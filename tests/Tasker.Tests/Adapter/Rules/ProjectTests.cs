namespace AgentGateway.Tasker.Tests.Adapter.Rules;

/// <summary>Projects, their words and their people.</summary>
public sealed class ProjectTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task Only_granted_projects_are_listed_and_searched_by_key_and_name()
    {
        var world = await tasker.NewWorldAsync();
        var both = world.Agent with { Projects = $"{world.Project},{world.Foreign}" };
        var path = $"/workspaces/{world.Slug}/projects";
        await world.CardAsync("a", new { state = "In Progress" });
        await world.CardAsync("b", new { state = "Готово" });

        var one = await world.Agent.GetAsync(path);

        Assert.Equal(["NDC"], Keys(one));
        Assert.Equal(("1", "1", "Todo"), (one.Text("projects.0.open_cards"), one.Text("projects.0.active_cards"), one.Text("projects.0.default_state")));
        Assert.Equal(one.Text("projects.0.id"), one.Text("projects.0.project_id"));
        Assert.Equal(["NDC", "OPS"], Keys(await both.GetAsync(path)));
        Assert.Equal(["OPS"], Keys(await both.GetAsync(path + "?q=operat")));
        Assert.Equal(["OPS"], Keys(await both.GetAsync(path + "?q=ops")));
        var first = await both.GetAsync(path + "?limit=1");
        Assert.Equal(["OPS"], Keys(await both.GetAsync($"{path}?limit=1&cursor={first.Text("next_cursor")}")));
    }

    [Fact]
    public async Task A_project_is_resolved_before_there_is_a_grant()
    {
        var world = await tasker.NewWorldAsync();
        var nobody = world.Agent with { Projects = null, AgentId = "ag_new" };
        var path = $"/workspaces/{world.Slug}/projects/resolve?q=";

        Assert.Equal(world.Project.ToString(), (await nobody.GetAsync(path + "ndc")).Text("id"));
        Assert.Equal("OPS", (await nobody.GetAsync(path + "OPERATIONS")).Text("key"));
        Assert.Equal("NDC", (await nobody.GetAsync(path + world.Project)).Text("key"));
        await world.ExecuteAsync("UPDATE projects SET name = 'Core' WHERE id = @Foreign");
        var both = await nobody.GetAsync(path + "core");
        both.IsProblem(422, "ambiguous_name");
        Assert.Equal(["NDC", "OPS"], both.List("errors.0.candidates"));
    }

    [Fact]
    public async Task Context_tells_the_words_of_a_project_and_where_cards_may_go()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/context";
        await world.ExecuteAsync("UPDATE labels SET parent_id = (SELECT id FROM labels WHERE project_id = @Project AND name = 'bug') WHERE project_id = @Project AND name = 'Bugfix'");

        var context = await world.Agent.GetAsync(path + "?include=states,labels,members,estimates,conventions");
        var open = await world.Agent.Without("card:close").GetAsync(path);

        Assert.Equal(["Backlog", "Todo", "In Progress", "In Review", "Готово", "Cancelled"], context.Items("states").Select(Name));
        Assert.Contains("Готово", context.List("states.0.can_move_to"));
        Assert.Equal(["Todo", "In Progress", "In Review"], open.List("states.0.can_move_to"));
        Assert.Equal("bug", context.Items("labels").Single(label => Name(label) == "Bugfix")["group"]!.GetValue<string>());
        Assert.Equal(["anna", "boris"], context.Items("members").Select(member => member["handle"]!.GetValue<string>()));
        Assert.Equal($"a***@{world.Slug}.example", context.Text("members.0.email_hint"));
        Assert.Equal(["1", "2", "3", "5"], context.Items("estimates").Select(point => point["value"]!.GetValue<string>()));
        Assert.Equal("Write short titles.", context.Text("conventions"));
        Assert.Null(open.At("estimates"));
    }

    [Fact]
    public async Task People_are_left_out_of_the_context_without_the_scope()
    {
        var world = await tasker.NewWorldAsync();

        var context = await world.Agent.Without("member:read").GetAsync($"/projects/{world.Project}/context");

        Assert.Null(context.At("members"));
        Assert.Equal("member_read_missing", context.Text("warnings.0.code"));
    }

    [Fact]
    public async Task The_version_of_a_context_changes_with_its_words_and_not_with_its_cards()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/context";
        var first = await world.Agent.GetAsync(path);
        await world.CardAsync("a");

        Assert.Equal(304, (await world.Agent.With("If-None-Match", first.Tag!).GetAsync(path)).Status);
        await world.ExecuteAsync("UPDATE labels SET name = 'defect' WHERE project_id = @Project AND name = 'bug'");
        Assert.Equal(200, (await world.Agent.With("If-None-Match", first.Tag!).GetAsync(path)).Status);
    }

    [Fact]
    public async Task A_context_too_large_for_a_model_is_cut_and_says_where()
    {
        var world = await tasker.NewWorldAsync();
        await world.ExecuteAsync("INSERT INTO labels (id, project_id, name) SELECT gen_random_uuid(), @Project, 'label number ' || n FROM generate_series(1, 1000) n");

        var context = await world.Agent.GetAsync($"/projects/{world.Project}/context");

        Assert.Equal(["labels"], context.List("truncated"));
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(context.Body), 4_000, 24 * 1024);
        Assert.Equal(6, context.Items("states").Length);
    }

    [Fact]
    public async Task People_are_found_relative_to_a_project()
    {
        var world = await tasker.NewWorldAsync();
        await world.PersonAsync("outside", "Ольга Сай", 15, project: null);
        await world.PersonAsync("guest", "Guest One", 5, project: 5);
        var path = $"/workspaces/{world.Slug}/members";

        Assert.Equal(["anna", "boris", "guest", "outside"], Handles(await world.Agent.GetAsync(path)));
        var assignable = await world.Agent.GetAsync($"{path}?project={world.Project}&filter=assignable");
        Assert.Equal(["anna", "boris"], Handles(assignable));
        Assert.Equal(world.Project.ToString(), assignable.Text("project_id"));
        Assert.Equal(["outside"], Handles(await world.Agent.GetAsync($"{path}?project={world.Project}&filter=not_in_project")));
        Assert.Equal(["outside"], Handles(await world.Agent.GetAsync($"{path}?q=ОЛЬГА")));
        Assert.Equal(["boris"], Handles(await world.Agent.GetAsync($"{path}?q=boris@{world.Slug}.example")));
        var first = await world.Agent.GetAsync($"{path}?limit=3");
        Assert.Equal(["outside"], Handles(await world.Agent.GetAsync($"{path}?limit=3&cursor={first.Text("next_cursor")}")));
        Assert.DoesNotContain("outside@", (await world.Agent.GetAsync(path)).Body, StringComparison.Ordinal);
        (await world.Agent.GetAsync($"{path}?project={world.Foreign}")).IsProblem(403, "project_not_granted");
        (await world.Agent.GetAsync($"{path}?filter=assignable")).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task A_present_member_of_the_workspace_is_let_in_once()
    {
        var world = await tasker.NewWorldAsync();
        await world.PersonAsync("outside", "Ольга Сай", 15, project: null);
        var path = $"/projects/{world.Project}/members";
        var body = new { member = "ольга сай", role = "guest", reason = "Works on it" };

        var added = await world.Agent.PostAsync(path, body);
        var again = await world.Agent.PostAsync(path, new { member = "outside", role = "member", reason = "Works on it" });

        Assert.Equal((201, "true", "guest", "NDC"), (added.Status, added.Text("added"), added.Text("member.role"), added.Text("project")));
        Assert.Equal((200, "true", "guest"), (again.Status, again.Text("already_member"), again.Text("member.role")));
        Assert.Equal("Works on it", await world.ScalarAsync<string>("SELECT reason FROM project_activities WHERE project_id = @Project"));
    }

    [Fact]
    public async Task Nobody_is_invited_raised_or_brought_back()
    {
        var world = await tasker.NewWorldAsync();
        await world.PersonAsync("chief", "Chief", 20, project: null);
        await world.PersonAsync("visitor", "Visitor", 5, project: null);
        await world.PersonAsync("removed", "Removed", 15, project: 15);
        await world.ExecuteAsync(
            """
            UPDATE project_members SET deleted_at = now()
            WHERE project_id = @Project AND member_id = (SELECT m.member_id FROM workspace_members m JOIN users u ON u.id = m.member_id
                                                         WHERE u.display_name = 'removed' AND m.workspace_id = @Workspace)
            """);

        foreach (var (member, role, code) in new[]
        {
            ("chief", "member", "validation_failed"), ("visitor", "member", "validation_failed"), ("removed", "member", "validation_failed"),
            ("stranger@example.org", "member", "member_not_in_workspace"), ("visitor", "admin", "validation_failed"),
        })
        {
            (await world.Agent.PostAsync($"/projects/{world.Project}/members", new { member, role, reason = "because" })).IsProblem(422, code);
        }

        Assert.Equal(2, await world.ScalarAsync<int>("SELECT count(*)::int FROM project_members WHERE project_id = @Project AND deleted_at IS NULL"));
        (await world.Agent.PostAsync($"/projects/{world.Project}/members", new { member = "visitor", role = "guest", reason = "no" }))
            .IsProblem(422, "validation_failed");
    }

    private static string[] Keys(Answer answer) => [.. answer.Items("projects").Select(project => project["key"]!.GetValue<string>())];

    private static string[] Handles(Answer answer) => [.. answer.Items("members").Select(member => member["handle"]!.GetValue<string>())];

    private static string Name(System.Text.Json.Nodes.JsonNode node) => node["name"]!.GetValue<string>();
}
