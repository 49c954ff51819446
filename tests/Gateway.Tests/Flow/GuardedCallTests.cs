using Dapper;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AgentGateway.Gateway.Tests.Flow;

/// <summary>One call end to end: what Tasker gets is exactly what the manifest says, and what the agent gets was checked.</summary>
public sealed class GuardedCallTests : IAsyncLifetime
{
    private const string Prefix = "/api/internal/nodedc/agent/v1";

    private FlowWorld? _started;

    private FlowWorld World => _started ?? throw new InvalidOperationException("The world has not started.");

    public async Task InitializeAsync() => _started = await FlowWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Fact]
    public async Task A_write_reaches_its_one_route_with_exactly_the_headers_and_members_of_the_manifest()
    {
        Answer("POST", $"/projects/{FlowWorld.Ndc}/cards", 201, Receipt);

        var result = await World.ResultAsync("create_card", """{"project":"ndc","title":"Привет","priority":"high","idempotency_key":"key-0001"}""");

        Assert.Equal("NDC-1", (string)result["card"]!);
        Assert.True((bool)result["created"]!);
        Assert.Equal("key-0001", (string)result["idempotency_key"]!);
        var sent = Assert.Single(World.Tasker.LogEntries).RequestMessage!;
        Assert.Equal("""{"title":"Привет","priority":"high"}""", sent.Body);
        Assert.Equal(
            new[]
            {
                "Accept", "Authorization", "Content-Length", "Content-Type", "Host", "Idempotency-Key", "X-NodeDC-Agent-Id",
                "X-NodeDC-Agent-Name", "X-NodeDC-Agent-Owner", "X-NodeDC-Assertion", "X-NodeDC-Not-After", "X-NodeDC-Project",
                "X-NodeDC-Scope", "X-NodeDC-Tool", "X-NodeDC-Workspace", "X-Request-ID",
            },
            sent.Headers!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal($"Bearer {FlowWorld.InternalToken}", sent.Headers["Authorization"][0]);
        Assert.NotEqual("key-0001", sent.Headers["Idempotency-Key"][0]);
        Assert.Equal(FlowWorld.Ndc.ToString(), sent.Headers["X-NodeDC-Project"][0]);
    }

    [Fact]
    public async Task A_repeated_key_is_answered_from_the_ledger_and_sent_once()
    {
        Answer("POST", $"/projects/{FlowWorld.Ndc}/cards", 201, Receipt);
        const string Arguments = """{"project":"NDC","title":"x","idempotency_key":"key-0002"}""";

        var first = await World.ResultAsync("create_card", Arguments);
        var second = await World.ResultAsync("create_card", """{"idempotency_key":"key-0002","title":"\u0078","project":"NDC"}""");
        var other = await World.ResultAsync("create_card", """{"project":"NDC","title":"y","idempotency_key":"key-0002"}""");

        Assert.False((bool)first["replayed"]!);
        Assert.True((bool)second["replayed"]!);
        first["replayed"] = true;
        Assert.Equal(first.ToJsonString(), second.ToJsonString());
        Assert.Equal("idempotency_key_reused", (string)other["code"]!);
        Assert.Single(World.Tasker.LogEntries);
    }

    [Fact]
    public async Task A_write_without_a_key_gets_one_and_may_be_repeated_under_it()
    {
        Answer("POST", $"/projects/{FlowWorld.Ndc}/cards", 201, Receipt);

        var first = await World.ResultAsync("create_card", """{"project":"NDC","title":"x"}""");
        var key = (string)first["idempotency_key"]!;
        var second = await World.ResultAsync("create_card", $$"""{"project":"NDC","title":"x","idempotency_key":"{{key}}"}""");

        Assert.True((bool)second["replayed"]!);
        Assert.Single(World.Tasker.LogEntries);
    }

    [Theory]
    [InlineData("get_project_context", """{"project":"SEC"}""", "project_not_granted")]
    [InlineData("get_project_context", """{"project":"NOSUCH"}""", "project_not_granted")]
    [InlineData("get_card", """{"card":"SEC-1"}""", "project_not_granted")]
    [InlineData("move_card", """{"card":"OPS-1","to_state":"Done"}""", "scope_missing")]
    [InlineData("create_card", """{"title":"x"}""", "project_required")]
    [InlineData("create_card", """{"project":"NDC","title":"x","archived_at":"2026-01-01"}""", "validation_failed")]
    [InlineData("create_card", """{"project":"NDC"}""", "validation_failed")]
    [InlineData("create_card", """{"project":"NDC","title":7}""", "validation_failed")]
    [InlineData("update_card", """{"card":"NDC-1","state":"Done"}""", "validation_failed")]
    [InlineData("list_comments", """{"card":"../../v1/cards/NDC-1"}""", "validation_failed")]
    public async Task A_denied_call_is_a_result_with_a_code_and_an_audit_event_and_sends_nothing(string tool, string arguments, string code)
    {
        var answer = await World.CallAsync(tool, arguments);

        Assert.True((bool)answer["result"]!["isError"]!);
        Assert.Equal(code, (string)answer["result"]!["structuredContent"]!["code"]!);
        Assert.NotEmpty((string)answer["result"]!["content"]![0]!["text"]!);
        Assert.Empty(World.Tasker.LogEntries);
        Assert.Equal(code, await AuditAsync<string>("SELECT reason FROM audit_events WHERE kind = 'refused'"));
    }

    [Fact]
    public async Task Unknown_and_ungranted_projects_answer_byte_for_byte_the_same()
    {
        var ungranted = await World.ResultAsync("get_project_context", """{"project":"SEC"}""");
        var unknown = await World.ResultAsync("get_project_context", """{"project":"QQQ"}""");

        Assert.Equal(ungranted.ToJsonString(), unknown.ToJsonString());
    }

    [Theory]
    [InlineData("delete_card")]
    [InlineData("archive_card")]
    [InlineData("CREATE_CARD")]
    [InlineData("create_card ")]
    public async Task An_unknown_tool_is_a_protocol_error_with_the_id_and_an_audit_event(string tool)
    {
        var answer = await World.CallAsync(tool, """{"card":"NDC-1"}""");

        Assert.Equal(-32602, (int)answer["error"]!["code"]!);
        Assert.Equal("unknown_tool", await AuditAsync<string>("SELECT reason FROM audit_events WHERE kind = 'refused'"));
        Assert.Empty(World.Tasker.LogEntries);
    }

    [Fact]
    public async Task Nothing_the_agent_puts_on_its_request_reaches_Tasker()
    {
        Answer("GET", "/cards/NDC-1/comments", 200, $$"""{"project_id":"{{FlowWorld.Ndc}}","card":"NDC-1","comments":[],"total":0,"next_cursor":null}""");
        World.Client.DefaultRequestHeaders.Add("X-NodeDC-Project", FlowWorld.Sec.ToString());
        World.Client.DefaultRequestHeaders.Add("X-NodeDC-Tool", "create_card");
        World.Client.DefaultRequestHeaders.Add("X-HTTP-Method-Override", "DELETE");
        World.Client.DefaultRequestHeaders.Add("Cookie", "session=canary");
        World.Client.DefaultRequestHeaders.Add("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        await World.ResultAsync("list_comments", """{"card":"NDC-1"}""");

        var sent = Assert.Single(World.Tasker.LogEntries).RequestMessage!;
        Assert.Equal("GET", sent.Method);
        Assert.Equal(FlowWorld.Ndc.ToString(), sent.Headers!["X-NodeDC-Project"][0]);
        Assert.Equal("list_comments", sent.Headers["X-NodeDC-Tool"][0]);
        Assert.DoesNotContain("Cookie", sent.Headers.Keys);
        Assert.DoesNotContain("traceparent", sent.Headers.Keys);
        Assert.DoesNotContain("X-HTTP-Method-Override", sent.Headers.Keys);
        Assert.True(string.IsNullOrEmpty(sent.Body));
    }

    [Theory]
    [InlineData("/api/internal/nodedc/agent/v1/cards/NDC-1")]
    [InlineData("/api/internal/nodedc/agent/v1/projects/aaaaaaaa-1111-4111-8111-111111111111/cards")]
    [InlineData("/api/v1/workspaces")]
    public async Task The_adapters_own_paths_are_not_reachable_from_outside(string path)
    {
        World.Client.DefaultRequestHeaders.Add("X-NodeDC-Tool", "get_card");
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete, HttpMethod.Patch })
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = new("Bearer", World.Token);
            using var response = await World.Client.SendAsync(request);

            Assert.InRange((int)response.StatusCode, 400, 405);
        }

        Assert.Empty(World.Tasker.LogEntries);
    }

    [Fact]
    public async Task The_audit_has_an_admission_before_and_a_settlement_after_and_no_text_of_the_call()
    {
        Answer("POST", $"/projects/{FlowWorld.Ndc}/cards", 201, Receipt);

        await World.ResultAsync("create_card", """{"project":"NDC","title":"canary-title","idempotency_key":"canary-key-1"}""");

        Assert.Equal("admitted,settled", await AuditAsync<string>(
            "SELECT string_agg(kind, ',' ORDER BY sequence) FROM audit_events WHERE kind <> 'lifecycle'"));
        Assert.DoesNotContain("canary", await AuditAsync<string>("SELECT string_agg(e::text, ' ') FROM audit_events e"), StringComparison.Ordinal);
    }

    private static string Receipt =>
        $$$"""
        {"project_id":"{{{FlowWorld.Ndc}}}","card":"NDC-1","changed":["title"],"before":{},"after":{},"rev":"r1","content_rev":"c1",
         "deduplicated":false,"warnings":[],"url":"http://tasker/board/NDC/1","state":{"name":"Todo","group":"unstarted"},"labels":[],"assignees":[]}
        """;

    private void Answer(string method, string path, int status, string body) => World.Tasker
        .Given(Request.Create().UsingMethod(method).WithPath(Prefix + path))
        .RespondWith(Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithBody(body));

    private async Task<T> AuditAsync<T>(string sql)
    {
        await using var connection = await World.Ledger.Database.OpenConnectionAsync();
        return (await connection.QuerySingleAsync<T>(sql))!;
    }
}
