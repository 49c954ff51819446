namespace AgentGateway.Tasker.Tests.Adapter.Rules;

/// <summary>What a grant reaches, and that nothing can be learnt about the rest.</summary>
public sealed class GrantTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task Unknown_ungranted_and_switched_off_projects_answer_the_same_bytes()
    {
        var world = await tasker.NewWorldAsync();
        await world.ExecuteAsync(
            """
            INSERT INTO projects (id, workspace_id, identifier, name) VALUES (@Workspace, @Workspace, 'OFF', 'Off');
            INSERT INTO issues (id, workspace_id, project_id, sequence_id, name, state_id, created_by)
            SELECT gen_random_uuid(), @Workspace, @Foreign, 1, 'secret', s.id, @Anna FROM states s WHERE project_id = @Foreign LIMIT 1
            """);
        var off = world.Agent with { Projects = world.Workspace.ToString() };

        string[] bodies =
        [
            await BodyAsync(world.Agent, "/cards/OPS-1"),
            await BodyAsync(world.Agent, "/cards/OPS-99"),
            await BodyAsync(world.Agent, "/cards/NONE-1"),
            await BodyAsync(world.Agent, $"/projects/{world.Foreign}/context"),
            await BodyAsync(world.Agent, $"/projects/{Guid.CreateVersion7()}/context"),
            await BodyAsync(world.Agent, "/projects/NDC/context"),
            await BodyAsync(world.Agent, $"/workspaces/{world.Slug}/projects/resolve?q=OPS"),
            await BodyAsync(world.Agent, $"/workspaces/{world.Slug}/projects/resolve?q=nothing"),
            await BodyAsync(world.Agent, "/workspaces/other/projects"),
            await BodyAsync(off, $"/projects/{world.Workspace}/context"),
            await BodyAsync(off, "/cards/OFF-1"),
        ];

        Assert.Single(bodies.Distinct());
    }

    [Fact]
    public async Task A_missing_number_of_a_granted_project_is_not_found()
    {
        var world = await tasker.NewWorldAsync();

        (await world.Agent.GetAsync("/cards/NDC-77")).IsProblem(404, "card_not_found");
        (await world.Agent.PostAsync("/cards/NDC-77/move", new { to_state = "Todo" })).IsProblem(404, "card_not_found");
        (await world.Agent.GetAsync("/cards/not-a-key")).IsProblem(404, "card_not_found");
    }

    [Theory]
    [InlineData("archived_at = now()")]
    [InlineData("deleted_at = now()")]
    [InlineData("is_draft = true")]
    public async Task Cards_that_people_put_away_are_not_found(string how)
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("gone");
        await world.ExecuteAsync($"UPDATE issues SET {how} WHERE project_id = @Project");

        (await world.Agent.GetAsync($"/cards/{card}")).IsProblem(404, "card_not_found");
        (await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "hi" })).IsProblem(404, "card_not_found");
        Assert.Empty((await world.Agent.GetAsync($"/projects/{world.Project}/cards?view=all")).Items("cards"));
        Assert.Empty((await world.Agent.SearchAsync("gone")).Items("cards"));
    }

    [Fact]
    public async Task A_card_request_needs_exactly_one_granted_project()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("one");
        var both = world.Agent with { Projects = $"{world.Project},{world.Foreign}" };

        (await both.GetAsync($"/cards/{card}")).IsProblem(403, "project_not_granted");
        (await (world.Agent with { Projects = world.Foreign.ToString() }).PostAsync($"/cards/{card}/move", new { to_state = "Todo" }))
            .IsProblem(403, "project_not_granted");
    }

    [Theory]
    [InlineData("card:read", "GET", "/cards/NDC-1", null)]
    [InlineData("card:update", "PATCH", "/cards/NDC-1", """{"priority":"high"}""")]
    [InlineData("card:move", "POST", "/cards/NDC-1/move", """{"to_state":"Todo"}""")]
    [InlineData("card:close", "POST", "/cards/NDC-1/move", """{"to_state":"Готово"}""")]
    [InlineData("card:close", "POST", "/cards/NDC-1/move", """{"to_state":"Cancelled"}""")]
    [InlineData("card:label", "POST", "/cards/NDC-1/labels", """{"add":["bug"]}""")]
    [InlineData("card:assign", "POST", "/cards/NDC-1/assignees", """{"add":["me"]}""")]
    [InlineData("card:comment", "POST", "/cards/NDC-1/comments", """{"body_markdown":"a"}""")]
    [InlineData("card:mention", "POST", "/cards/NDC-1/comments", """{"body_markdown":"a","mention":["boris"]}""")]
    [InlineData("card:link", "POST", "/cards/NDC-1/links", """{"url":"https://example.org"}""")]
    [InlineData("card:content:append", "POST", "/cards/NDC-1/content/ops", """{"ops":[{"op":"append","markdown":"a"}]}""")]
    [InlineData("card:create", "POST", "/projects/{0}/cards", """{"title":"a"}""")]
    [InlineData("card:close", "POST", "/projects/{0}/cards", """{"title":"a","state":"Готово"}""")]
    [InlineData("card:label", "POST", "/projects/{0}/cards", """{"title":"a","labels":["bug"]}""")]
    [InlineData("card:assign", "POST", "/projects/{0}/cards", """{"title":"a","assignees":["me"]}""")]
    [InlineData("project:member:add_existing", "POST", "/projects/{0}/members", """{"member":"boris","role":"member","reason":"because"}""")]
    [InlineData("project:read", "GET", "/projects/{0}/context", null)]
    [InlineData("member:read", "GET", "/workspaces/{1}/members", null)]
    public async Task Each_operation_needs_its_scope_and_the_project_must_allow_it(string scope, string method, string path, string? body)
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("one");
        var before = await world.RowAsync("NDC-1");
        path = string.Format(System.Globalization.CultureInfo.InvariantCulture, path, world.Project, world.Slug);
        var content = () => body is null ? null : AgentClient.Raw(body);

        var without = await world.Agent.Without(scope).SendAsync(new HttpMethod(method), path, content(), AgentClient.NewKey());

        without.IsProblem(403, "scope_missing");
        Assert.Contains(scope, without.Text("detail"), StringComparison.Ordinal);
        Assert.Equal(before, await world.RowAsync("NDC-1"));
        if (path.Contains("workspaces", StringComparison.Ordinal))
        {
            return;
        }

        await world.ExecuteAsync("UPDATE projects SET agent_max_scopes = ARRAY['card:nothing'] WHERE id = @Project");
        (await world.Agent.SendAsync(new HttpMethod(method), path, content(), AgentClient.NewKey())).IsProblem(403, "scope_missing");
    }

    [Fact]
    public async Task A_renamed_project_answers_to_its_old_key_until_another_one_takes_it()
    {
        var world = await tasker.NewWorldAsync();
        await world.CardAsync("one");
        await world.ExecuteAsync("UPDATE projects SET identifier = 'NEW' WHERE id = @Project");

        Assert.Equal("NEW-1", (await world.Agent.GetAsync("/cards/NDC-1")).Text("key"));
        Assert.Equal("NEW-1", (await world.Agent.GetAsync("/cards/new-1")).Text("key"));
        Assert.Equal(["NDC"], (await world.Agent.GetAsync($"/workspaces/{world.Slug}/projects/resolve?q=NDC")).List("former_keys"));

        await world.ExecuteAsync("UPDATE projects SET identifier = 'NDC' WHERE id = @Foreign");
        (await world.Agent.GetAsync("/cards/NDC-1")).IsProblem(403, "project_not_granted");
    }

    private static async Task<string> BodyAsync(AgentClient agent, string path)
    {
        var answer = await agent.GetAsync(path);
        answer.IsProblem(403, "project_not_granted");
        return answer.Body;
    }
}
