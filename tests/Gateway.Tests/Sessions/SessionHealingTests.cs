using System.Text.Json.Nodes;
using AgentGateway.Gateway.Sessions;
using AgentGateway.Gateway.Tests.Reconcile;
using AgentGateway.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>Sessions before the real reference Tasker and a network that loses things: row and comment agree in the end.</summary>
public sealed class SessionHealingTests : IAsyncLifetime
{
    private ReconcileWorld? _started;

    private ReconcileWorld World => _started ?? throw new InvalidOperationException("The world has not started.");

    private SessionRound Round => World.Flow.Services.GetRequiredService<SessionRound>();

    public async Task InitializeAsync()
    {
        _started = await ReconcileWorld.StartAsync();
        await World.CreateCardAsync("key-of-the-card");
    }

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Fact]
    public async Task The_three_tools_keep_one_comment_on_the_card()
    {
        var started = await StartAsync("start-key-1");
        var reported = await World.Flow.ResultAsync("update_active_card", """{"progress":"Half","done_steps":[1],"status":"blocked"}""");
        var finished = await World.Flow.ResultAsync(
            "finish_work_session", """{"outcome":"blocked","summary":"Stuck","next_steps":["Ask"],"move_to":"Done"}""");

        Assert.NotNull(started["comment_id"]);
        Assert.Equal(("blocked", 0), ((string?)reported["status"], (int)reported["progress"]!["total"]!));
        Assert.Equal("scope_missing", (string?)finished["code"]);
        finished = await World.Flow.ResultAsync("finish_work_session", """{"outcome":"blocked","summary":"Stuck","next_steps":["Ask"]}""");
        Assert.Equal(("blocked", (string?)started["session_id"]), ((string?)finished["outcome"], (string?)finished["session_id"]));
        Assert.Equal(1, await CommentsAsync());
        Assert.Contains("Ask", await World.Tasker.ValueAsync<string>("SELECT body_markdown FROM issue_comments"), StringComparison.Ordinal);
        Assert.Equal(1, await World.Tasker.ValueAsync<long>("SELECT count(*) FROM work_sessions WHERE finished_at IS NOT NULL"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_start_whose_answer_was_lost_is_one_session_with_one_comment(bool asked)
    {
        World.Network.Writes = Loss.Answer;
        var lost = await StartAsync("start-key-2");
        World.Network.Writes = Loss.Nothing;
        if (asked)
        {
            await StartAsync("start-key-2");
        }
        else
        {
            await World.LetLeaseEndAsync();
            await Eventually.TrueAsync(async () => await World.ValueAsync<long>(
                "SELECT count(*) FROM idempotency WHERE tool = 'start_work_session' AND state = 'succeeded'") == 1);
            await World.Flow.Ledger.ExecuteAsync("UPDATE work_session_changes SET noted_at = noted_at - interval '1 minute'");
            await Round.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal("outcome_unknown", (string?)lost["code"]);
        Assert.Equal((1, 1, 0), (await OpenAsync(), await CommentsAsync(), await NotedAsync()));
        Assert.Equal("NDC-1", (string?)(await World.Flow.ResultAsync("update_active_card", """{"progress":"On"}"""))["card"]);
    }

    [Fact]
    public async Task A_start_that_never_arrived_is_no_session_until_the_retry_and_then_the_very_same()
    {
        World.Network.Writes = Loss.Request;
        await StartAsync("start-key-3");
        World.Network.Writes = Loss.Nothing;
        var wished = await World.ValueAsync<Guid>("SELECT id FROM work_sessions");
        var nothing = await World.Flow.ResultAsync("update_active_card", """{"progress":"On"}""");

        var retry = await StartAsync("start-key-4");

        Assert.Equal("no_work_session", (string?)nothing["code"]);
        Assert.Equal(wished.ToString(), (string?)retry["session_id"]);
        Assert.Equal((1, 1), (await OpenAsync(), await CommentsAsync()));
    }

    [Fact]
    public async Task A_wish_that_nobody_repeats_is_forgotten()
    {
        World.Network.Writes = Loss.Request;
        await StartAsync("start-key-5");
        await World.SettledAsync("released", "start_work_session");
        await World.Flow.Ledger.ExecuteAsync("UPDATE work_session_changes SET noted_at = noted_at - interval '1 minute'");
        await Round.RunOnceAsync(CancellationToken.None);
        var before = await World.ValueAsync<long>("SELECT count(*) FROM work_sessions");

        await World.Flow.Ledger.ExecuteAsync("UPDATE work_sessions SET created_at = created_at - interval '16 minutes'");
        await Round.RunOnceAsync(CancellationToken.None);

        Assert.Equal((1, 0), (before, await World.ValueAsync<long>("SELECT count(*) FROM work_sessions")));
        Assert.Equal(0, await CommentsAsync());
    }

    [Fact]
    public async Task A_change_that_its_process_did_not_live_to_make_is_made_by_a_later_round_once()
    {
        await StartAsync("start-key-6");
        await World.Flow.Ledger.ExecuteAsync(
            """
            INSERT INTO work_session_changes (agent_id, key_digest, session_id, step, last_key, fingerprint, noted_at)
            SELECT i.agent_id, i.key_digest, s.id, 'open', 'start-key-6', i.fingerprint, clock_timestamp() - interval '1 minute'
            FROM work_sessions AS s, idempotency AS i WHERE i.tool = 'start_work_session';
            UPDATE work_sessions SET started_at = NULL
            """);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Round.RunOnceAsync(CancellationToken.None)));

        Assert.Equal((1, 0), (await OpenAsync(), await NotedAsync()));
    }

    [Fact]
    public async Task A_card_that_a_person_removed_ends_its_session()
    {
        await StartAsync("start-key-7");
        await World.Tasker.ValueAsync<object?>("UPDATE issues SET deleted_at = now()");

        var refused = await World.Flow.ResultAsync("update_active_card", """{"progress":"On"}""");
        var after = await World.Flow.ResultAsync("finish_work_session", """{"outcome":"failed","summary":"Gone"}""");

        Assert.Equal(("card_not_found", "no_work_session"), ((string?)refused["code"], (string?)after["code"]));
        Assert.Equal("card_gone", await World.ValueAsync<string>("SELECT ended_because FROM work_sessions"));
    }

    [Fact]
    public async Task A_card_that_a_person_moved_keeps_its_session_and_says_where_it_is()
    {
        await StartAsync("start-key-9");
        await World.Tasker.ValueAsync<object?>("UPDATE issues SET state_id = (SELECT id FROM states WHERE name = 'Done')");

        var reported = await World.Flow.ResultAsync("update_active_card", """{"progress":"On"}""");

        Assert.Equal(("Done", "working"), ((string?)reported["state"], (string?)reported["status"]));
        Assert.Equal((1, 1), (await OpenAsync(), await CommentsAsync()));
    }

    [Fact]
    public async Task The_comment_of_a_revoked_agents_session_follows_when_tasker_is_back_and_stays_one()
    {
        await StartAsync("start-key-8");
        World.Network.Writes = Loss.Request;
        var agent = await World.ValueAsync<string>("SELECT agent_id FROM work_sessions") ?? "";
        await World.Flow.Ledger.Book.RevokeAgentAsync(agent, "u-root", "lost laptop", TimeSpan.Zero, CancellationToken.None);
        var ended = await World.ValueAsync<string>("SELECT ended_because FROM work_sessions");
        await Round.RunOnceAsync(CancellationToken.None);
        var untold = await World.Tasker.ValueAsync<long>("SELECT count(*) FROM work_sessions WHERE finished_at IS NULL");

        World.Network.Writes = Loss.Nothing;
        for (var again = 0; again < 2; again++)
        {
            await World.Flow.Ledger.ExecuteAsync(
                "UPDATE work_sessions SET tell_at = clock_timestamp() WHERE tell_at IS NOT NULL");
            await Round.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(("agent_revoked", 1), (ended, untold));
        Assert.Equal("abandoned", await World.Tasker.ValueAsync<string>("SELECT status FROM work_sessions"));
        Assert.Equal(1, await CommentsAsync());
        Assert.Equal(0, await World.ValueAsync<long>("SELECT count(*) FROM work_sessions WHERE tell_at IS NOT NULL"));
        Assert.Equal("NDC-1", await World.ValueAsync<string>("SELECT card FROM audit_events WHERE decision = 'session_ended'"));
    }

    private Task<JsonNode> StartAsync(string key) => World.Flow.ResultAsync(
        "start_work_session",
        new JsonObject
        {
            ["card"] = "NDC-1",
            ["goal"] = "Do it",
            ["plan"] = new JsonArray("One", "Two"),
            ["idempotency_key"] = key,
        }.ToJsonString());

    private Task<long> CommentsAsync() => World.Tasker.ValueAsync<long>("SELECT count(*) FROM issue_comments WHERE deleted_at IS NULL");

    private Task<long> NotedAsync() => World.ValueAsync<long>("SELECT count(*) FROM work_session_changes");

    private Task<long> OpenAsync() =>
        World.ValueAsync<long>("SELECT count(*) FROM work_sessions WHERE started_at IS NOT NULL AND ended_at IS NULL");
}
