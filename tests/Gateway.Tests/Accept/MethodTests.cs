namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>What clients of both eras are answered before any tool is called.</summary>
public sealed class MethodTests(GatewayUnderTest gateway) : IClassFixture<GatewayUnderTest>
{
    private const StringComparison Exactly = StringComparison.Ordinal;
    private const string ServerInfo = "io.modelcontextprotocol/serverInfo";

    [Theory]
    [InlineData("2024-11-05", "2024-11-05")]
    [InlineData("2025-03-26", "2025-03-26")]
    [InlineData("2025-06-18", "2025-06-18")]
    [InlineData("2025-11-25", "2025-11-25")]
    [InlineData("2026-07-28", "2025-11-25")]
    [InlineData("1999-01-01", "2025-11-25")]
    public async Task Initialize_echoes_a_supported_version_or_offers_the_newest_of_its_era(string asked, string answered)
    {
        var answer = await AskAsync(
            """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"ASKED","capabilities":{}}}"""
                .Replace("ASKED", asked, StringComparison.Ordinal));

        var result = answer.Json.GetProperty("result");
        Assert.Equal(answered, result.GetProperty("protocolVersion").GetString());
        Assert.Equal("""{"tools":{}}""", result.GetProperty("capabilities").GetRawText());
        Assert.Equal("agent-gateway", result.GetProperty("serverInfo").GetProperty("name").GetString());
        Assert.False(result.TryGetProperty("resultType", out _));
        Assert.False(result.TryGetProperty("_meta", out _));
        Assert.DoesNotContain("Mcp-Session-Id", answer.Headers.Keys);
    }

    [Fact]
    public async Task The_first_line_of_the_instructions_fits_what_a_client_shows()
    {
        var answer = await AskAsync(
            """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}""");

        var first = answer.Json.GetProperty("result").GetProperty("instructions").GetString()!.Split('\n')[0];
        Assert.InRange(first.Length, 100, 250);
        Assert.All(["card", "task", "comment", "search", "create"], word => Assert.Contains(word, first, Exactly));
    }

    [Fact]
    public async Task Legacy_ping_and_list_have_nothing_of_the_modern_era()
    {
        var ping = await AskAsync("""{"jsonrpc":"2.0","id":1,"method":"ping"}""");
        var list = await AskAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");

        Assert.Equal("{}", ping.Json.GetProperty("result").GetRawText());
        Assert.Equal($$"""{"tools":{{GatewayUnderTest.Tools}}}""", list.Json.GetProperty("result").GetRawText());
    }

    [Theory]
    [InlineData("tools/list", "tools")]
    [InlineData("server/discover", "supportedVersions")]
    public async Task Modern_lists_say_how_long_and_for_whom_they_hold(string method, string member)
    {
        var answer = await AskModernAsync(method);

        var result = answer.Json.GetProperty("result");
        Assert.True(result.TryGetProperty(member, out _));
        Assert.Equal("complete", result.GetProperty("resultType").GetString());
        Assert.True(result.GetProperty("ttlMs").GetInt32() >= 0);
        Assert.Equal("private", result.GetProperty("cacheScope").GetString());
        Assert.NotEqual("", result.GetProperty("_meta").GetProperty(ServerInfo).GetProperty("version").GetString());
    }

    [Fact]
    public async Task An_unsupported_version_is_told_which_are()
    {
        var answer = await AskAsync("""{"jsonrpc":"2.0","id":5,"method":"tools/list"}""", "MCP-Protocol-Version: v9");
        var discovered = (await AskModernAsync("server/discover")).Json.GetProperty("result").GetProperty("supportedVersions");

        var data = answer.Json.GetProperty("error").GetProperty("data");
        Assert.Equal((400, -32022, "5"), (answer.Status, answer.Code, answer.Id));
        Assert.Equal("v9", data.GetProperty("requested").GetString());
        Assert.Equal(discovered.GetRawText(), data.GetProperty("supported").GetRawText());
        Assert.Equal(5, discovered.GetArrayLength());
    }

    [Theory]
    [InlineData("notifications/initialized")]
    [InlineData("notifications/cancelled")]
    [InlineData("notifications/whatever")]
    public async Task Notifications_are_taken_without_a_word(string method)
    {
        var answer = await AskAsync($$"""{"jsonrpc":"2.0","method":"{{method}}"}""");

        Assert.Equal((202, 0), (answer.Status, answer.Body.Length));
        Assert.Empty(gateway.Reached);
    }

    [Fact]
    public async Task A_tool_result_is_text_and_structure_without_escaped_Cyrillic()
    {
        var answer = await AskAsync("""{"jsonrpc":"2.0","id":"я","method":"tools/call","params":{"name":"whoami"}}""");

        gateway.Reached.Clear();
        Assert.Equal(
            """{"jsonrpc":"2.0","id":"я","result":{"content":[{"type":"text","text":"{\"reached\":\"да\"}"}],""" +
            """ "structuredContent":{"reached":"да"},"isError":false}}""".Trim(),
            answer.Text);
        Assert.Equal("application/json", answer.Headers["Content-Type"]);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"unknown"}""")]
    public async Task A_revoked_token_learns_nothing(string body)
    {
        gateway.Revoked = true;
        gateway.Refusals.Clear();

        var answer = await AskAsync(body);

        gateway.Revoked = false;
        Assert.Equal((401, "1", -31401), (answer.Status, answer.Id, answer.Code));
        Assert.Equal("revoked", Assert.Single(gateway.Refusals).Cause);
    }

    private Task<RawAnswer> AskModernAsync(string method) => AskAsync(
        """
        {"jsonrpc":"2.0","id":1,"method":"METHOD","params":{"_meta":{
          "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}
        """.Replace("METHOD", method, StringComparison.Ordinal),
        "MCP-Protocol-Version: 2026-07-28",
        $"Mcp-Method: {method}");

    private Task<RawAnswer> AskAsync(string body, params string[] headers) => gateway.AskAsync(new CorpusCase
    {
        Name = body,
        Body = body,
        Add = [.. headers, "Connection: close"],
        Status = [200],
    }.Bytes(withSentinel: false));
}
