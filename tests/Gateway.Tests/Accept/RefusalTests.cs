using System.Globalization;
using System.Text;
using AgentGateway.Gateway.Accept.Message;

namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>How refusals look from outside: with the id, alike, without a word about the machinery.</summary>
public sealed class RefusalTests(GatewayUnderTest gateway) : IClassFixture<GatewayUnderTest>
{
    private static readonly string[] Credentials =
    [
        "X-None: 1", "Authorization: Bearer bad", "Authorization: Basic Z29vZA==", "Authorization: bearer good",
        "Authorization: Bearer",
    ];

    [Fact]
    public async Task Every_bad_credential_reads_the_same()
    {
        var bodies = new HashSet<string>();
        foreach (var credential in Credentials)
        {
            var item = new CorpusCase { Name = credential, Drop = ["Authorization"], Add = [credential], Status = [401] };
            var answer = await AskAsync(item);

            Assert.Equal((401, "7"), (answer.Status, answer.Id));
            Assert.DoesNotContain("WWW-Authenticate", answer.Headers.Keys);
            bodies.Add(answer.Text);
        }

        Assert.Single(bodies);
    }

    [Fact]
    public async Task A_refused_credential_is_recorded_with_its_cause_and_without_the_credential()
    {
        gateway.Refusals.Clear();

        await AskAsync(new CorpusCase
        {
            Name = "x",
            Drop = ["Authorization"],
            Add = ["Authorization: Bearer secret", "User-Agent: Codex/1 \u0001"],
            Status = [401],
        });

        var refusal = Assert.Single(gateway.Refusals);
        Assert.Equal(("unknown", "mcp", "Codex/1"), (refusal.Cause, refusal.Origin.Door, refusal.Origin.ClientName));
        Assert.DoesNotContain("secret", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_malformed_message_is_recorded_without_its_content()
    {
        gateway.Refusals.Clear();

        await AskAsync(new CorpusCase { Name = "x", Body = """{"id":7,"password":"hunter2"}""", Status = [400] });

        var refusal = Assert.Single(gateway.Refusals);
        Assert.Equal("malformed_message", refusal.Reason.Code);
        Assert.DoesNotContain("hunter2", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_behind_is_answered_with_the_id_and_without_details()
    {
        var answer = await AskAsync(new CorpusCase
        {
            Name = "x",
            Body = """{"jsonrpc":"2.0","id":"late","method":"tools/call","params":{"name":"explode"}}""",
            Status = [500],
        });

        Assert.Equal((500, "\"late\"", -31500), (answer.Status, answer.Id, answer.Code));
        Assert.Contains("internal_error", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", answer.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /mcp HTTP/1.1", 200)]
    [InlineData("GET /mcp HTTP/1.1", 405)]
    [InlineData("POST /nowhere HTTP/1.1", 404)]
    public async Task Every_answer_has_the_same_headers(string line, int status)
    {
        var answer = await AskAsync(new CorpusCase { Name = line, Line = line, Status = [status] });

        Assert.Equal(status, answer.Status);
        Assert.Equal("no-store", answer.Headers["Cache-Control"]);
        Assert.Equal("nosniff", answer.Headers["X-Content-Type-Options"]);
        Assert.Equal(7, Guid.Parse(answer.Headers["X-Request-Id"]).Version);
        Assert.True(answer.Headers.ContainsKey("Content-Length"));
        Assert.DoesNotContain("Server", answer.Headers.Keys);
    }

    [Fact]
    public async Task Get_and_delete_are_told_what_is_possible()
    {
        foreach (var verb in new[] { "GET", "DELETE" })
        {
            var answer = await AskAsync(new CorpusCase { Name = verb, Line = $"{verb} /mcp HTTP/1.1", Status = [405] });

            Assert.Equal((405, "POST", "null"), (answer.Status, answer.Headers["Allow"], answer.Id));
        }
    }

    [Fact]
    public async Task An_oversized_chunked_body_is_refused_with_its_id_and_nothing_is_read_behind_it()
    {
        const string Start = """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"w","a":" """;
        var body = new StringBuilder().Append(CultureInfo.InvariantCulture, $"{Start.Length:x}\r\n{Start}\r\n");
        for (var i = 0; i < 20; i++)
        {
            body.Append(CultureInfo.InvariantCulture, $"{60_000:x}\r\n{new string('y', 60_000)}\r\n");
        }

        var answer = await AskAsync(new CorpusCase
        {
            Name = "chunked",
            Drop = ["Content-Length"],
            Add = ["Transfer-Encoding: chunked"],
            Body = body.Append("3\r\n\"}}\r\n0\r\n\r\n").ToString(),
            Status = [413],
        });

        Assert.Equal((413, "7", "close"), (answer.Status, answer.Id, answer.Headers["Connection"]));
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":"a\"b\\","method":"x","params":{"id":9,"list":[{"id":8}]}}""", "\"a\\\"b\\\\\"")]
    [InlineData("""{"params":{"id":9,"x":"\"id\":5,"},"method":"id","jsonrpc":"2.0","id": -12 }""", "-12")]
    [InlineData("""{"Id":1,"i\u0064":2,"ids":3,"id":4}""", "4")]
    [InlineData("""{"id":{"id":5},"x":1}""", null)]
    [InlineData("""{"id":[5],"x":1}""", null)]
    [InlineData("""[{"id":5}]""", null)]
    [InlineData("""{"id":1.5,"id":2}""", null)]
    [InlineData("\"id\":5,", null)]
    [InlineData("""{"a":"id","b":"id:5"}""", null)]
    public void The_id_is_found_wherever_the_message_breaks_off(string message, string? id)
    {
        var bytes = Encoding.UTF8.GetBytes(message);
        for (var length = 0; length <= bytes.Length; length++)
        {
            var whole = new IdScanner();
            whole.Feed(bytes.AsSpan(0, length));
            var byByte = new IdScanner();
            for (var i = 0; i < length; i++)
            {
                byByte.Feed(bytes.AsSpan(i, 1));
            }

            var found = whole.Id is null ? null : Encoding.UTF8.GetString(whole.Id);
            Assert.Equal(whole.Id, byByte.Id);
            Assert.True(found is null || found == id, $"Found {found} in the first {length} bytes.");
            if (length == bytes.Length)
            {
                Assert.Equal(id, found);
            }
        }
    }

    private Task<RawAnswer> AskAsync(CorpusCase item) =>
        gateway.AskAsync((item with { Add = [.. item.Add, "Connection: close"] }).Bytes(withSentinel: false));
}
