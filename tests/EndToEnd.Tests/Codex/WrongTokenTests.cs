using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>A user whose token is wrong is told so by Codex, in the gateway's words and at once.</summary>
[Collection(SystemCollection.Name)]
public sealed class WrongTokenTests(RunningSystem system, ITestOutputHelper output)
{
    // Well formed and never issued.
    private const string Unknown = "ndca1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private const string ListTools = """{"jsonrpc":"2.0","id":7,"method":"tools/list"}""";

    [SkippableTheory]
    [InlineData(Unknown)]
    [InlineData("not-a-token-at-all")]
    public Task Codex_says_why_it_was_not_let_in_and_does_not_hang(string token) => system.ExplainAsync(output, async () =>
    {
        var codex = Tool.Require(Tool.Codex);

        await using var run = await CodexRun.ExecuteAsync(
            codex, system.Mcp, token, new CodexScript().Say("Never reached."), ToolMode.Code, TimeSpan.FromSeconds(20));
        output.WriteLine(run.Describe());

        Assert.False(run.TimedOut, "Codex hangs on the gateway's 401.");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains(await SentenceAsync(token), run.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("mcp login", run.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(token, run.Printed, StringComparison.Ordinal);
    });

    private async Task<string> SentenceAsync(string token)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, system.Mcp)
        {
            Content = new StringContent(ListTools, new MediaTypeHeaderValue("application/json")),
        };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        using var response = await client.SendAsync(request);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(401, (int)response.StatusCode);
        Assert.Empty(response.Headers.WwwAuthenticate);
        Assert.Equal(7, (int?)body?["id"]);
        return Assert.IsType<string>((string?)body?["error"]?["message"]);
    }
}
