using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Support;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>Codex gives a server about a second at its own start, so the time a gateway takes from nothing is measured.</summary>
[Collection(SystemCollection.Name)]
public sealed class StartUpTests(RunningSystem system, ITestOutputHelper output)
{
    private const string ListTools = """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""";

    [Fact]
    public Task A_gateway_answers_tools_list_soon_after_its_process_starts() => system.ExplainAsync(output, async () =>
    {
        var agent = await system.CreateAgentAsync("start-up", $"{Seed.Granted}=contributor");
        var address = Loopback.FreeAddress();
        var clock = Stopwatch.StartNew();
        await using var replica = system.StartReplica(address, Loopback.FreeAddress());

        var first = await FirstAnswerAsync(new Uri(address, "/mcp"), agent.Token);
        output.WriteLine($"gateway serve to the first tools/list answer: {clock.ElapsedMilliseconds} ms (cold, {first} tools)");

        clock.Restart();
        var second = await FirstAnswerAsync(new Uri(address, "/mcp"), agent.Token);
        output.WriteLine($"the next tools/list: {clock.ElapsedMilliseconds} ms");
        Assert.True(first > 0);
        Assert.Equal(first, second);
    });

    private static async Task<int> FirstAnswerAsync(Uri mcp, string token)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        client.DefaultRequestHeaders.Accept.ParseAdd("application/json, text/event-stream");
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            try
            {
                using var question = new StringContent(ListTools, Encoding.UTF8, "application/json");
                using var response = await client.PostAsync(mcp, question, deadline.Token);
                var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(deadline.Token));
                return Assert.IsType<JsonArray>(answer?["result"]?["tools"]).Count;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), deadline.Token);
            }
        }
    }
}
