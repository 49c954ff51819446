using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Support;
using Dapper;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AgentGateway.Gateway.Tests.Flow;

/// <summary>Whatever Tasker or Postgres does: a code, a sentence and the id; nothing foreign gets out, no doubtful write is called done.</summary>
public sealed class HostileTaskerTests : IAsyncLifetime
{
    private const string Prefix = "/api/internal/nodedc/agent/v1";
    private const string Foreign = """{"project_id":"aaaaaaaa-3333-4333-8333-333333333333","card":"canary"}""";
    private const string Write = """{"card":"NDC-1","body":"hello","idempotency_key":"key-1234"}""";

    private FlowWorld? _started;

    private FlowWorld World => _started ?? throw new InvalidOperationException("The world has not started.");

    public async Task InitializeAsync() => _started = await FlowWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Theory]
    [InlineData(500, "text/html", "<html>stack trace at Tasker.Secret</html>", "upstream_unavailable", "outcome_unknown")]
    [InlineData(503, "application/problem+json", """{"code":"upstream_unavailable","detail":"canary"}""", "upstream_unavailable", "outcome_unknown")]
    [InlineData(200, "text/html", "<html>canary</html>", "upstream_invalid", "outcome_unknown")]
    [InlineData(200, "application/json", "{\"project_id\":", "upstream_invalid", "upstream_invalid")]
    [InlineData(200, "application/json", "{\"card\":\"canary\"}", "upstream_invalid", "upstream_invalid")]
    [InlineData(200, "application/json", Foreign, "upstream_invalid", "upstream_invalid")]
    [InlineData(302, "application/json", "{}", "upstream_invalid", "upstream_invalid")]
    [InlineData(401, "application/problem+json", """{"code":"unauthenticated"}""", "upstream_unavailable", "upstream_unavailable")]
    [InlineData(403, "application/problem+json", """{"code":"agents_disabled"}""", "agents_disabled", "agents_disabled")]
    [InlineData(429, "application/problem+json", """{"code":"rate_limited"}""", "rate_limited", "rate_limited")]
    [InlineData(404, "application/problem+json", """{"code":"card_not_found"}""", "card_not_found", "card_not_found")]
    [InlineData(418, "text/plain", "canary", "upstream_invalid", "upstream_invalid")]
    public async Task A_bad_answer_becomes_a_code_and_nothing_of_it_gets_out(int status, string type, string body, string read, string write)
    {
        World.Tasker.Given(Request.Create().WithPath($"{Prefix}/cards/NDC-1/comments")).RespondWith(
            Response.Create().WithStatusCode(status).WithHeader("Content-Type", type)
                .WithHeader("Location", "http://127.0.0.1:1/evil").WithBody(body));

        var reading = await World.CallAsync("list_comments", """{"card":"NDC-1"}""");
        var writing = await World.CallAsync("add_comment", Write);

        Assert.Equal(read, (string)reading["result"]!["structuredContent"]!["code"]!);
        Assert.Equal(write, (string)writing["result"]!["structuredContent"]!["code"]!);
        Assert.True((bool)writing["result"]!["isError"]!);
        Assert.DoesNotContain("canary", reading.ToJsonString() + writing.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("stack trace", reading.ToJsonString() + writing.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, World.Tasker.LogEntries.Count);
    }

    [Fact]
    public async Task A_write_in_doubt_is_resolved_under_its_key_and_then_replayed_and_never_sent_again()
    {
        var path = $"{Prefix}/cards/NDC-1/comments";
        World.Tasker.Given(Request.Create().UsingPost().WithPath(path)).RespondWith(Response.Create().WithStatusCode(500));
        World.Tasker.Given(Request.Create().UsingPost().WithPath($"{Prefix}/operations/*/resolve")).RespondWith(
            Response.Create().WithStatusCode(200).WithHeader("Content-Type", "application/json")
                .WithBody($$"""{"state":"done","status":201,"body":{{Comment}}}"""));

        var first = await World.ResultAsync("add_comment", Write);
        var second = await World.ResultAsync("add_comment", Write);
        var third = await World.ResultAsync("add_comment", Write);

        Assert.Equal("outcome_unknown", (string)first["code"]!);
        Assert.Equal("key-1234", (string)first["idempotency_key"]!);
        Assert.Equal("NDC-1", (string)second["card"]!);
        Assert.True((bool)third["replayed"]!);
        Assert.Equal(2, World.Tasker.LogEntries.Count);
        var key = World.Tasker.LogEntries[0].RequestMessage!.Headers!["Idempotency-Key"][0];
        Assert.Equal($"{Prefix}/operations/{key}/resolve", World.Tasker.LogEntries[^1].RequestMessage!.Path);
    }

    [Fact]
    public async Task A_definitive_refusal_is_replayed_without_asking_again()
    {
        World.Tasker.Given(Request.Create().UsingPost().WithPath($"{Prefix}/cards/NDC-1/comments")).RespondWith(
            Response.Create().WithStatusCode(404).WithHeader("Content-Type", "application/problem+json")
                .WithBody("""{"code":"card_not_found"}"""));

        var first = await World.CallAsync("add_comment", Write);
        var second = await World.CallAsync("add_comment", Write);

        Assert.False((bool)first["result"]!["structuredContent"]!["replayed"]!);
        Assert.True((bool)second["result"]!["structuredContent"]!["replayed"]!);
        Assert.Single(World.Tasker.LogEntries);
    }

    [Fact]
    public async Task Tasker_down_is_a_sentence_and_leaves_the_key_free()
    {
        await using var world = await FlowWorld.StartAsync(taskerAddress: new Uri($"http://127.0.0.1:{UnusedPort()}"));

        var write = await world.ResultAsync("add_comment", Write);
        var again = await world.ResultAsync("add_comment", Write);

        Assert.Equal("upstream_unavailable", (string)write["code"]!);
        Assert.Equal("upstream_unavailable", (string)again["code"]!);
        Assert.Equal("released", await ValueAsync(world, "SELECT state FROM idempotency"));
    }

    [Fact]
    public async Task A_Tasker_that_hangs_is_given_up_after_ten_seconds_and_the_outcome_is_unknown()
    {
        World.Tasker.Given(Request.Create().WithPath($"{Prefix}/cards/NDC-1/comments")).RespondWith(
            Response.Create().WithStatusCode(201).WithDelay(TimeSpan.FromSeconds(20)));
        var watch = Stopwatch.StartNew();

        var result = await World.ResultAsync("add_comment", Write);

        Assert.Equal("outcome_unknown", (string)result["code"]!);
        Assert.InRange(watch.Elapsed.TotalSeconds, 9, 16);
        Assert.Equal("in_doubt", await ValueAsync(World, "SELECT state FROM idempotency"));
    }

    [Fact]
    public async Task A_client_that_leaves_does_not_cancel_its_write()
    {
        using var leaving = new CancellationTokenSource();
        var comment = Request.Create().UsingPost().WithPath($"{Prefix}/cards/NDC-1/comments").WithBody((string? _) => Leave(leaving));
        World.Tasker.Given(comment).RespondWith(
            Response.Create().WithStatusCode(201).WithDelay(TimeSpan.FromSeconds(1))
                .WithHeader("Content-Type", "application/json").WithBody(Comment));
        using (var request = new HttpRequestMessage(HttpMethod.Post, "/mcp"))
        {
            request.Content = new StringContent(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add_comment","arguments":{{{Write}}}}}""",
                System.Text.Encoding.UTF8, "application/json");
            request.Headers.Authorization = new("Bearer", World.Token);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => World.Client.SendAsync(request, leaving.Token));
        }

        await Eventually.TrueAsync(async () => await ValueAsync(World, "SELECT max(state) FROM idempotency") == "succeeded");
        Assert.True((bool)(await World.ResultAsync("add_comment", Write))["replayed"]!);
    }

    [Fact]
    public async Task Postgres_down_refuses_and_sends_nothing()
    {
        await using var cluster = await PostgresCluster.StartNewAsync(fsync: false);
        await using var world = await FlowWorld.StartAsync(await LedgerWorld.CreateOnAsync(cluster));
        world.Tasker.Given(Request.Create()).RespondWith(
            Response.Create().WithStatusCode(201).WithHeader("Content-Type", "application/json").WithBody(Comment));
        Assert.Equal("NDC-1", (string)(await world.ResultAsync("add_comment", Write))["card"]!);
        await cluster.StopAsync(immediate: true);

        var read = await world.ResultAsync("list_comments", """{"card":"NDC-1"}""");
        var write = await world.ResultAsync("add_comment", """{"card":"NDC-1","body":"b","idempotency_key":"key-9999"}""");

        Assert.Equal("ledger_unavailable", (string)read["code"]!);
        Assert.Equal("ledger_unavailable", (string)write["code"]!);
        Assert.Single(world.Tasker.LogEntries);
    }

    // Once the write is at Tasker, which takes a second more to answer it.
    private static bool Leave(CancellationTokenSource leaving)
    {
        leaving.Cancel();
        return true;
    }

    private static string Comment =>
        $$$"""
        {"project_id":"{{{FlowWorld.Ndc}}}","card":"NDC-1","url":"http://t/1","deduplicated":false,"warnings":[],
         "comment":{"id":"aaaaaaaa-9999-4999-8999-999999999999","project_id":"{{{FlowWorld.Ndc}}}","body_markdown":"hello"}}
        """;

    private static async Task<string?> ValueAsync(FlowWorld world, string sql)
    {
        await using var connection = await world.Ledger.Database.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<string>(sql);
    }

    private static int UnusedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
