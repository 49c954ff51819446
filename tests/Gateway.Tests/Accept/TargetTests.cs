using System.Text;

namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>Only the table's exact targets exist, whatever they would decode or normalise to.</summary>
public sealed class TargetTests(GatewayUnderTest gateway) : IClassFixture<GatewayUnderTest>
{
    [Fact]
    public async Task No_other_way_to_write_the_endpoint_reaches_it()
    {
        var slipped = new List<string>();
        gateway.Reached.Clear();
        foreach (var target in CorpusCase.Lines("targets"))
        {
            foreach (var server in new[] { gateway.Agent, gateway.Untagged })
            {
                var answers = await GatewayUnderTest.ExchangeAsync(server, Post(target));

                // Kestrel answers some targets itself; the row's own 405 would mean that the target found the row.
                if (answers is not [{ Status: 400 or 404 }, ..] && answers.All(each => each.Headers.ContainsKey("X-Request-Id")))
                {
                    slipped.Add($"{target}: {(answers.Count == 0 ? "no answer" : answers[0].Status)} of {answers.Count}");
                }
            }
        }

        Assert.Equal("", string.Join("  ", slipped));
        Assert.Empty(gateway.Reached);
    }

    [Theory]
    [InlineData("GET", "/.well-known/oauth-protected-resource")]
    [InlineData("GET", "/.well-known/oauth-authorization-server/mcp")]
    [InlineData("GET", "/")]
    public async Task What_is_not_there_is_a_plain_not_found(string verb, string target)
    {
        var answer = await gateway.AskAsync(Encoding.Latin1.GetBytes(
            $"{verb} {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"));

        Assert.Equal(404, answer.Status);
        Assert.Equal("application/problem+json", answer.Headers["Content-Type"]);
        Assert.Equal("request_refused", answer.Json.GetProperty("code").GetString());
    }

    [Fact]
    public async Task A_mistyped_endpoint_answers_with_the_id_so_that_no_client_hangs()
    {
        var answers = await GatewayUnderTest.ExchangeAsync(gateway.Agent, Post("/mcp/"));

        Assert.Equal((404, "7"), (answers[0].Status, answers[0].Id));
    }

    [Theory]
    [InlineData("/api/internal/v1/owners/u-anna/agents", 200)]
    [InlineData("/api/internal/v1/owners/u-anna/agents?cursor=a%20b&limit=5", 200)]
    [InlineData("/api/internal/v1/owners/u-anna/agents?cursor=%00", 404)]
    [InlineData("/api/internal/v1/owners/../agents", 404)]
    [InlineData("/api/internal/v1/owners/%2e%2e/agents", 404)]
    [InlineData("/api/internal/v1/owners/u%2fanna/agents", 404)]
    [InlineData("/api/internal/v1/owners//agents", 404)]
    [InlineData("/api/internal/v1/owners/u-anna/agents/", 404)]
    [InlineData("/mcp", 404)]
    [InlineData("/readyz?x=1", 404)]
    public async Task The_internal_listener_has_its_own_rows(string target, int status)
    {
        var answers = await GatewayUnderTest.ExchangeAsync(gateway.Internal, Encoding.Latin1.GetBytes(
            $"GET {target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {GatewayUnderTest.Token}\r\n" +
            "Connection: close\r\n\r\n"));

        Assert.Equal(status, answers[0].Status);
    }

    [Theory]
    [InlineData(1024, 200)]
    [InlineData(1025, 413)]
    public async Task A_body_over_the_rows_limit_is_refused_outside_of_MCP_too(int length, int status)
    {
        var body = new string(' ', length);

        var answers = await GatewayUnderTest.ExchangeAsync(gateway.Internal, Encoding.Latin1.GetBytes(
            "POST /api/internal/v1/owners/u/agents HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" +
            $"Authorization: Bearer {GatewayUnderTest.Token}\r\nConnection: close\r\n" +
            $"Content-Length: {body.Length}\r\n\r\n{body}"));

        Assert.Equal(status, answers[0].Status);
    }

    [Fact]
    public async Task Probes_answer_under_any_host_name()
    {
        var answer = await gateway.AskAsync(
            "GET /healthz HTTP/1.1\r\nHost: 10.1.2.3:8080\r\nConnection: close\r\n\r\n"u8.ToArray());

        Assert.Equal((200, "healthy"), (answer.Status, answer.Text));
    }

    private static byte[] Post(string target) => new CorpusCase
    {
        Name = target,
        Line = $"POST {target} HTTP/1.1",
        Status = [404],
        Add = ["Connection: close"],
    }.Bytes(withSentinel: false);
}
