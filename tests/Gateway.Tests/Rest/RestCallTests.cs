using System.Text.Json.Nodes;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Policy;
using Dapper;

namespace AgentGateway.Gateway.Tests.Rest;

/// <summary>The second door of the same calls: one ledger, one audit, one effect per key whichever door is used.</summary>
public sealed class RestCallTests : IAsyncLifetime
{
    private const string Card = """{"project":"NDC","title":"Привет"}""";

    private FlowWorld? _started;

    private FlowWorld World => _started ?? throw new InvalidOperationException("The world has not started.");

    public async Task InitializeAsync() => _started = await FlowWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Fact]
    public async Task The_result_is_the_structured_result_of_mcp()
    {
        var rest = await World.CallToolAsync("whoami", null);
        var mcp = await World.ResultAsync("whoami", "{}");

        Assert.Equal((200, "application/json"), (rest.Status, rest.MediaType));
        Assert.Equal(mcp.ToJsonString(), rest.Json.ToJsonString());
    }

    [Fact]
    public async Task A_key_in_the_header_is_the_key_of_the_body_and_of_mcp()
    {
        World.TaskerCreates();

        var first = await World.CallToolAsync("create_card", Card, "key-0001");
        var quoted = await World.CallToolAsync("create_card", Card, "\"key-0001\"");
        var body = await World.CallToolAsync("create_card", """{"title":"Привет","project":"NDC","idempotency_key":"key-0001"}""");
        var both = await World.CallToolAsync("create_card", """{"title":"Привет","project":"NDC","idempotency_key":"key-0001"}""", "key-0001");
        var mcp = await World.ResultAsync("create_card", """{"project":"NDC","title":"Привет","idempotency_key":"key-0001"}""");
        var other = await World.CallToolAsync("create_card", """{"project":"NDC","title":"other"}""", "key-0001");

        Assert.Equal((200, "key-0001", false), (first.Status, (string?)first.Json["idempotency_key"], (bool)first.Json["replayed"]!));
        Assert.All([quoted.Json, body.Json, both.Json, mcp], again => Assert.True((bool)again["replayed"]!));
        Assert.Equal((422, "idempotency_key_reused"), (other.Status, other.Code));
        Assert.Single(World.Tasker.LogEntries);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("key with spaces")]
    [InlineData("key-with-a-back\\slash")]
    [InlineData("key-\"inner\"-quote")]
    [InlineData("\"key-with-one-quote")]
    [InlineData("key-0001", "key-0002")]
    [InlineData("key-of-more-than-eighty-characters-key-of-more-than-eighty-characters-key-of-more-than")]
    public async Task A_header_that_is_no_key_is_refused_and_sends_nothing(params string[] keys)
    {
        var answer = await World.CallToolAsync("create_card", Card, keys);

        Assert.Equal((400, "idempotency_key_invalid"), (answer.Status, answer.Status == 400 ? answer.Code ?? "" : ""));
        Assert.Empty(World.Tasker.LogEntries);
    }

    [Fact]
    public async Task Header_and_argument_that_differ_are_refused()
    {
        var answer = await World.CallToolAsync("create_card", """{"project":"NDC","title":"x","idempotency_key":"key-0001"}""", "key-0002");

        Assert.Equal((400, "idempotency_key_invalid"), (answer.Status, answer.Code));
        Assert.Contains("differ", (string)answer.Json["detail"]!, StringComparison.Ordinal);
        Assert.Empty(World.Tasker.LogEntries);
        Assert.Equal(1, await RefusedAsync("idempotency_key_invalid"));
    }

    [Theory]
    [InlineData("get_project_context", """{"project":"SEC"}""", 403, "project_not_granted", "project")]
    [InlineData("get_card", """{"card":"SEC-1"}""", 403, "project_not_granted", "project")]
    [InlineData("move_card", """{"card":"OPS-1","to_state":"Done"}""", 403, "scope_missing", "scope")]
    [InlineData("create_card", """{"title":"x"}""", 422, "project_required", "project")]
    [InlineData("create_card", """{"project":"NDC","title":"x","archived_at":"2026-01-01"}""", 422, "validation_failed", "arguments")]
    [InlineData("create_card", """{"project":"NDC","title":"x","parent":"OPS-1"}""", 422, "validation_failed", "cards")]
    [InlineData("delete_card", "{}", 404, "unknown_tool", "tool")]
    [InlineData("CREATE_CARD", "{}", 404, "unknown_tool", "tool")]
    public async Task A_denial_is_a_problem_that_names_the_check_and_is_audited_at_this_door(
        string tool, string arguments, int status, string code, string check)
    {
        var answer = await World.CallToolAsync(tool, arguments);

        Assert.Equal((status, "application/problem+json", code), (answer.Status, answer.MediaType, answer.Code));
        Assert.Equal(check, (string?)answer.Json["check"]);
        Assert.Equal(status, (int)answer.Json["status"]!);
        Assert.Equal($"urn:nodedc:problem:{code}", (string?)answer.Json["type"]);
        Assert.All(["title", "detail", "hint", "request_id"], member => Assert.NotEmpty((string)answer.Json[member]!));
        Assert.False((bool)answer.Json["retryable"]!);
        Assert.Empty(World.Tasker.LogEntries);
        Assert.Equal(1, await RefusedAsync(code));
    }

    [Fact]
    public async Task A_mistyped_word_comes_back_with_the_argument_and_candidates()
    {
        var answer = await World.CallToolAsync("create_card", """{"project":"NDC","title":"x","priority":"hihg"}""");

        var error = Assert.Single(answer.Json["errors"]!.AsArray())!;
        Assert.Equal("priority", (string?)error["argument"]);
        Assert.Equal("high", (string?)error["candidates"]![0]);
    }

    [Theory]
    [InlineData(true, 503, "upstream_unavailable")]
    [InlineData(false, 429, "rate_limited")]
    public async Task A_tasker_that_cannot_now_is_answered_with_the_time_to_wait(bool away, int status, string code)
    {
        World.TaskerCreates(429, """{"code":"rate_limited","type":"urn:x","title":"t","status":429}""");
        if (away)
        {
            World.Tasker.Stop();
        }

        var answer = await World.CallToolAsync("create_card", Card, "key-0003");

        Assert.Equal((status, code), (answer.Status, answer.Code));
        Assert.True((bool)answer.Json["retryable"]!);
        Assert.True(answer.RetryAfter > TimeSpan.Zero);
        Assert.Equal("key-0003", (string?)answer.Json["idempotency_key"]);
    }

    [Fact]
    public async Task The_audit_tells_the_doors_apart_and_knows_no_text_of_the_call()
    {
        World.TaskerCreates();

        await World.CallToolAsync("create_card", """{"project":"NDC","title":"canary-title"}""", "canary-key-1");

        await using var connection = await World.Ledger.Database.OpenConnectionAsync();
        var events = await connection.QueryAsync<(string Kind, string Door)>(
            "SELECT kind, door FROM audit_events WHERE kind IN ('admitted', 'settled') ORDER BY sequence");
        Assert.Equal([("admitted", "rest"), ("settled", "rest")], events);
        var all = await connection.QuerySingleAsync<string>("SELECT string_agg(e::text, ' ') FROM audit_events e");
        Assert.DoesNotContain("canary", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_token_reads_the_same_whatever_is_asked()
    {
        string[] asked = ["GET /api/v1/tools", "GET /api/v1/agent-session", "POST /api/v1/tools/whoami", "POST /api/v1/tools/nonsense"];
        var bodies = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in asked)
        {
            foreach (var token in (string[])["", "Bearer x", $"Bearer {FlowWorld.InternalToken}", $"bearer{World.Token}"])
            {
                var answer = await World.AskAsync(
                    line.Split(' ')[0], line.Split(' ')[1], line.StartsWith('P') ? "{}"u8.ToArray() : null, ("Authorization", token));
                Assert.Equal(401, answer.Status);
                bodies.Add(Without(answer.Json, "request_id"));
            }
        }

        Assert.Single(bodies);
    }

    private static string Without(JsonNode json, string member)
    {
        json.AsObject().Remove(member);
        return json.ToJsonString();
    }

    private async Task<long> RefusedAsync(string code)
    {
        Assert.True(Reasons.ByCode.ContainsKey(code));
        await using var connection = await World.Ledger.Database.OpenConnectionAsync();
        return await connection.QuerySingleAsync<long>(
            """
            SELECT count(*) FROM audit_events
            WHERE kind = 'refused' AND door = 'rest' AND agent_id IS NOT NULL AND reason = @code
            """,
            new { code });
    }
}
