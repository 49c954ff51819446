using System.Text;

namespace AgentGateway.Tasker.Tests.Adapter.Rules;

/// <summary>Who is let in, and what is refused before anything is read.</summary>
public sealed class DoorTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Theory]
    [InlineData(TaskerFixture.FirstToken, 200)]
    [InlineData(TaskerFixture.SecondToken, 200)]
    [InlineData(TaskerFixture.FirstToken + "x", 401)]
    [InlineData("", 401)]
    [InlineData(null, 401)]
    public async Task Only_configured_tokens_open_the_door(string? token, int status)
    {
        var agent = (await tasker.NewWorldAsync()).Agent with { Token = token };

        Assert.Equal(status, (await agent.GetAsync("/me")).Status);
        Assert.Equal(status == 200 ? 403 : 401, (await agent.GetAsync("/no/such/thing")).Status);
    }

    [Fact]
    public async Task Health_is_open_and_says_nothing_else()
    {
        var agent = (await tasker.NewWorldAsync()).Agent with { Token = null };

        Assert.Equal("""{"status":"ok","contract":"1.0"}""", (await agent.GetAsync("/health")).Body);
    }

    [Theory]
    [InlineData("X-NodeDC-Agent-Id", "")]
    [InlineData("X-NodeDC-Agent-Id", "a b")]
    [InlineData("X-NodeDC-Agent-Name", "%FF%FE")]
    [InlineData("X-NodeDC-Agent-Name", "%4")]
    [InlineData("X-NodeDC-Agent-Name", "%00")]
    [InlineData("X-NodeDC-Agent-Owner", "anna")]
    [InlineData("X-NodeDC-Workspace", "../w")]
    [InlineData("X-NodeDC-Scope", "Card:Read!")]
    [InlineData("X-NodeDC-Project", "")]
    [InlineData("X-NodeDC-Project", "NDC")]
    [InlineData("X-NodeDC-Not-After", "soon")]
    [InlineData("X-NodeDC-Not-After", "2026-01-01T00:00:00")]
    public async Task Malformed_headers_are_refused(string header, string value)
    {
        var world = await tasker.NewWorldAsync();

        var answer = await world.Agent.With(header, value).GetAsync($"/projects/{world.Project}/context");

        answer.IsProblem(400, "validation_failed");
        Assert.Contains(header, answer.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("DELETE", "/cards/NDC-1")]
    [InlineData("PUT", "/cards/NDC-1")]
    [InlineData("POST", "/cards/NDC-1")]
    [InlineData("POST", "/cards/NDC-1/archive")]
    [InlineData("GET", "/projects")]
    [InlineData("DELETE", "/cards/NDC-1/comments")]
    [InlineData("PATCH", "/me")]
    [InlineData("GET", "")]
    public async Task Anything_else_below_the_prefix_is_forbidden(string method, string path)
    {
        var world = await tasker.NewWorldAsync();

        (await world.Agent.SendAsync(new HttpMethod(method), path, null, null)).IsProblem(403, "operation_forbidden");
    }

    [Fact]
    public async Task Switching_the_feature_off_counts_at_once_for_reads_writes_and_search()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("before");
        await world.ExecuteAsync("UPDATE features SET agents_enabled = false WHERE workspace_id = @Workspace");

        (await world.Agent.GetAsync($"/cards/{card}")).IsProblem(403, "agents_disabled");
        (await world.Agent.PostAsync($"/cards/{card}/move", new { to_state = "In Progress" })).IsProblem(403, "agents_disabled");
        (await world.Agent.SearchAsync("before")).IsProblem(403, "agents_disabled");
        Assert.Equal("false", (await world.Agent.GetAsync("/me")).Text("agents_enabled"));
    }

    [Fact]
    public async Task An_owner_who_left_takes_the_agent_along()
    {
        var world = await tasker.NewWorldAsync();
        await world.ExecuteAsync("UPDATE users SET is_active = false WHERE id = @Anna");

        (await world.Agent.GetAsync($"/projects/{world.Project}/context")).IsProblem(403, "agent_suspended");
    }

    [Fact]
    public async Task A_late_request_changes_nothing()
    {
        var world = await tasker.NewWorldAsync();
        var late = world.Agent with { NotAfter = "2020-01-01T00:00:00Z" };

        (await late.PostAsync($"/projects/{world.Project}/cards", new { title = "late" })).IsProblem(409, "not_after_passed");
        (await late.GetAsync($"/projects/{world.Project}/cards")).IsProblem(409, "not_after_passed");
        Assert.Equal(0, await world.ScalarAsync<int>("SELECT count(*)::int FROM issues WHERE project_id = @Project"));
        (await (world.Agent with { NotAfter = "2999-01-01T00:00:00.123Z" }).GetAsync($"/projects/{world.Project}/cards")).IsOk();
    }

    [Theory]
    [InlineData("""{"title":"a","title":"b"}""", 400, "validation_failed")]
    [InlineData("""{"title":"a" """, 400, "validation_failed")]
    [InlineData("""["title"]""", 400, "validation_failed")]
    [InlineData("""{"title":"a","labels":[[[[[[[[[1]]]]]]]]]}""", 400, "validation_failed")]
    [InlineData("""{"title":"a","colour":"red"}""", 422, "validation_failed")]
    [InlineData("""{"title":"a","archived_at":null}""", 403, "operation_forbidden")]
    [InlineData("""{"title":"a\u0000b"}""", 422, "validation_failed")]
    [InlineData("""{"title":"a\ud800b"}""", 422, "validation_failed")]
    [InlineData("""{"title":"\u200b\u202e"}""", 422, "validation_failed")]
    [InlineData("""{"title":1}""", 422, "validation_failed")]
    [InlineData("""{"title":null}""", 422, "validation_failed")]
    [InlineData("""{}""", 422, "validation_failed")]
    [InlineData("""{"title":"a","priority":"top"}""", 422, "validation_failed")]
    [InlineData("""{"title":"a","due_date":"31.12.2026"}""", 422, "validation_failed")]
    [InlineData("""{"title":"a","start_date":"2026-02-02","due_date":"2026-02-01"}""", 422, "validation_failed")]
    [InlineData("""{"title":"a","allow_duplicate":"yes"}""", 422, "validation_failed")]
    public async Task Bodies_are_read_strictly(string body, int status, string code)
    {
        var world = await tasker.NewWorldAsync();

        var answer = await world.Agent.SendAsync(
            HttpMethod.Post, $"/projects/{world.Project}/cards", AgentClient.Raw(body), AgentClient.NewKey());

        answer.IsProblem(status, code);
        Assert.Equal(0, await world.ScalarAsync<int>("SELECT count(*)::int FROM issues WHERE project_id = @Project"));
    }

    [Fact]
    public async Task Bodies_have_a_type_a_size_and_an_encoding()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";
        var invalid = new ByteArrayContent([.. Encoding.UTF8.GetBytes("{\"title\":\""), 0xff, .. Encoding.UTF8.GetBytes("\"}")]);
        invalid.Headers.ContentType = new("application/json");

        (await world.Agent.SendAsync(HttpMethod.Post, path, AgentClient.Raw("{}", "text/plain"), "key-12345"))
            .IsProblem(415, "unsupported_media_type");
        (await world.Agent.PostAsync(path, new { title = "a", content_markdown = new string('x', 256 * 1024) })).IsProblem(413, "payload_too_large");
        (await world.Agent.SendAsync(HttpMethod.Post, path, invalid, "key-12345")).IsProblem(400, "validation_failed");
    }

    [Fact]
    public async Task A_title_is_counted_in_code_points()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";

        (await world.Agent.PostAsync(path, new { title = string.Concat(Enumerable.Repeat("\U0001F469", 255)) })).IsOk(201);
        (await world.Agent.PostAsync(path, new { title = string.Concat(Enumerable.Repeat("\U0001F469", 256)) })).IsProblem(422, "validation_failed");
    }

    [Fact]
    public async Task Writes_need_a_key_of_visible_characters()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";

        (await world.Agent.SendAsync(HttpMethod.Post, path, AgentClient.Raw("""{"title":"a"}"""), null)).IsProblem(400, "idempotency_key_missing");
        (await world.Agent.PostAsync(path, new { title = "a" }, "short")).IsProblem(400, "validation_failed");
    }

    [Fact]
    public async Task Secrets_never_reach_a_card()
    {
        var world = await tasker.NewWorldAsync();
        var secret = "ghp_" + new string('a', 36);

        (await world.Agent.PostAsync($"/projects/{world.Project}/cards", new { title = $"use {secret}" })).IsProblem(422, "content_rejected");
        var answer = await world.Agent.PostAsync($"/projects/{world.Project}/cards", new { title = "a", content_markdown = $"use {secret}" });
        answer.IsProblem(422, "content_rejected");
        Assert.DoesNotContain(secret, answer.Body, StringComparison.Ordinal);
    }
}
