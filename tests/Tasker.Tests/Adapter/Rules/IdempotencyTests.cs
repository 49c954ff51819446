using Dapper;
using Npgsql;

namespace AgentGateway.Tasker.Tests.Adapter.Rules;

/// <summary>One effect per agent and key, and a way to settle a key whose answer was lost.</summary>
public sealed class IdempotencyTests(TaskerFixture tasker) : IClassFixture<TaskerFixture>
{
    [Fact]
    public async Task A_repeated_key_answers_the_same_bytes_and_does_nothing()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";
        var key = AgentClient.NewKey();
        var body = new { title = "Одна", labels = new[] { "bug" } };

        var first = await world.Agent.PostAsync(path, body, key);
        var second = await world.Agent.PostAsync(path, body, key);
        var reordered = await (world.Agent with { Token = TaskerFixture.SecondToken })
            .PostAsync(path, new { labels = new[] { "bug" }, title = "Одна" }, key);

        first.IsOk(201);
        Assert.False(first.Replayed);
        Assert.All([second, reordered], answer =>
        {
            Assert.Equal((first.Status, first.Body), (answer.Status, answer.Body));
            Assert.True(answer.Replayed);
        });
        Assert.Equal(1, await CardsAsync(world));
    }

    [Fact]
    public async Task Another_request_under_a_used_key_is_refused()
    {
        var world = await tasker.NewWorldAsync();
        var key = AgentClient.NewKey();
        var card = await world.CardAsync("one");
        await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "a" }, key);

        (await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "b" }, key)).IsProblem(422, "idempotency_key_reused");
        (await world.Agent.PostAsync($"/cards/{card}/links", new { url = "https://a.example" }, key)).IsProblem(422, "idempotency_key_reused");
        (await (world.Agent with { AgentId = "ag_other" }).PostAsync($"/cards/{card}/comments", new { body_markdown = "b" }, key)).IsOk(201);
    }

    [Fact]
    public async Task Thirty_two_parallel_requests_under_one_key_make_one_card()
    {
        var world = await tasker.NewWorldAsync();
        var key = AgentClient.NewKey();

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ =>
            world.Agent.PostAsync($"/projects/{world.Project}/cards", new { title = "one", allow_duplicate = true }, key)));

        Assert.Equal(1, await CardsAsync(world));
        Assert.All(answers, answer => Assert.True(answer.Status == 201 || answer.Text("code") == "idempotency_in_progress", answer.Body));
        Assert.Single(answers, answer => answer.Status == 201 && !answer.Replayed);
    }

    [Fact]
    public async Task Parallel_creates_under_different_keys_get_different_numbers_and_one_title_one_card()
    {
        var world = await tasker.NewWorldAsync();
        var path = $"/projects/{world.Project}/cards";

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => world.Agent.PostAsync(path, new { title = $"card {i}" })));
        var twins = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => world.Agent.PostAsync(path, new { title = "twin" })));

        Assert.Equal(13, await CardsAsync(world));
        Assert.Equal(13, await world.ScalarAsync<int>("SELECT count(DISTINCT sequence_id)::int FROM issues WHERE project_id = @Project"));
        Assert.Equal(7, twins.Count(answer => answer.Status == 200 && answer.Text("deduplicated") == "true"));
    }

    [Fact]
    public async Task A_refusal_leaves_the_key_free()
    {
        var world = await tasker.NewWorldAsync();
        var key = AgentClient.NewKey();
        var path = $"/projects/{world.Project}/cards";

        (await world.Agent.PostAsync(path, new { title = "one", labels = new[] { "nope" } }, key)).IsProblem(422, "unknown_label");
        (await world.Agent.PostAsync(path, new { title = "one", labels = new[] { "bug" } }, key)).IsOk(201);
    }

    [Fact]
    public async Task A_request_whose_key_is_still_held_is_told_so()
    {
        var world = await tasker.NewWorldAsync();
        var key = AgentClient.NewKey();
        await using var other = new NpgsqlConnection(tasker.Database);
        await other.OpenAsync();
        await using var running = await other.BeginTransactionAsync();
        await other.ExecuteAsync(
            "INSERT INTO adapter_operations (agent_id, key, state) VALUES (@agent, @key, 'running')", new { agent = world.Agent.AgentId, key });

        (await world.Agent.PostAsync($"/projects/{world.Project}/cards", new { title = "one" }, key)).IsProblem(409, "idempotency_in_progress");
        Assert.Equal(0, await CardsAsync(world));
    }

    [Fact]
    public async Task Resolving_a_done_key_answers_what_it_did()
    {
        var world = await tasker.NewWorldAsync();
        var key = AgentClient.NewKey();
        var made = await world.Agent.PostAsync($"/projects/{world.Project}/cards", new { title = "Одна" }, key);

        var resolved = await ResolveAsync(world, key);

        resolved.IsOk();
        Assert.Equal("done", resolved.Text("state"));
        Assert.Equal("201", resolved.Text("status"));
        Assert.Equal(made.Json.ToJsonString(), resolved.At("body")!.ToJsonString());
    }

    [Fact]
    public async Task Resolving_an_unknown_key_fences_it_for_good()
    {
        var world = await tasker.NewWorldAsync();
        var key = AgentClient.NewKey();

        Assert.Equal("""{"state":"fenced"}""", (await ResolveAsync(world, key)).Body);
        Assert.Equal("""{"state":"fenced"}""", (await ResolveAsync(world, key)).Body);
        (await world.Agent.PostAsync($"/projects/{world.Project}/cards", new { title = "late" }, key)).IsProblem(409, "operation_fenced");
        Assert.Equal(0, await CardsAsync(world));
    }

    [Fact]
    public async Task Resolving_waits_for_the_request_that_holds_the_key()
    {
        var world = await tasker.NewWorldAsync();
        var key = AgentClient.NewKey();
        await using var other = new NpgsqlConnection(tasker.Database);
        await other.OpenAsync();
        var running = await other.BeginTransactionAsync();
        await other.ExecuteAsync(
            "INSERT INTO adapter_operations (agent_id, key, state, status, body) VALUES (@agent, @key, 'done', 200, '{}')",
            new { agent = world.Agent.AgentId, key });

        var resolving = ResolveAsync(world, key);
        await UntilBlockedAsync(world);
        Assert.False(resolving.IsCompleted);
        await running.CommitAsync();

        Assert.Equal("done", (await resolving).Text("state"));
    }

    [Fact]
    public async Task A_replay_is_answered_even_when_the_card_is_gone_but_not_without_the_grant()
    {
        var world = await tasker.NewWorldAsync();
        var card = await world.CardAsync("one");
        var key = AgentClient.NewKey();
        await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "a" }, key);
        await world.ExecuteAsync("UPDATE issues SET archived_at = now() WHERE project_id = @Project");

        (await world.Agent.PostAsync($"/cards/{card}/comments", new { body_markdown = "a" }, key)).IsOk(201);
        (await (world.Agent with { Projects = world.Foreign.ToString() }).PostAsync($"/cards/{card}/comments", new { body_markdown = "a" }, key))
            .IsProblem(403, "project_not_granted");
    }

    private static Task<Answer> ResolveAsync(World world, string key) =>
        (world.Agent with { Projects = null }).SendAsync(HttpMethod.Post, $"/operations/{key}/resolve", null, null);

    private static Task<int> CardsAsync(World world) =>
        world.ScalarAsync<int>("SELECT count(*)::int FROM issues WHERE project_id = @Project");

    private static async Task UntilBlockedAsync(World world)
    {
        while (await world.ScalarAsync<int>(
            "SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") == 0)
        {
            await Task.Yield();
        }
    }
}
