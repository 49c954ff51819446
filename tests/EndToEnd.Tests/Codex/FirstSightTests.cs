using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using ModelContextProtocol.Client;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>Until the model searches for tools it reads one line about the gateway: that line has to arrive whole.</summary>
[Collection(SystemCollection.Name)]
public sealed class FirstSightTests(RunningSystem system, ITestOutputHelper output)
{
    private const int LongestLine = 250;

    [SkippableTheory]
    [InlineData(ToolMode.Code)]
    [InlineData(ToolMode.Search)]
    public Task The_first_line_of_the_instructions_reaches_the_model_uncut(ToolMode mode) =>
        system.ExplainAsync(output, async () =>
        {
            var codex = Tool.Require(Tool.Codex);
            var agent = await system.CreateAgentAsync($"first-sight-{mode}", $"{Seed.Granted}=contributor");
            var line = await FirstLineAsync(agent);
            Assert.InRange(line.Length, 40, LongestLine);

            await using var run = await CodexRun.ExecuteAsync(
                codex, system.Mcp, agent.Token, new CodexScript().Say("Nothing to do."), mode, TimeSpan.FromSeconds(60));
            output.WriteLine(run.Describe());

            Assert.Equal(0, run.ExitCode);
            Assert.Contains(Texts(run.Model.Requests[0]), text => text.Contains(line, StringComparison.Ordinal));
        });

    private async Task<string> FirstLineAsync(RunningAgent agent)
    {
        await using var client = await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = system.Mcp,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {agent.Token}" },
        }));
        return Assert.IsType<string>(client.ServerInstructions).Split('\n')[0];
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member => Texts(member.Value)),
        JsonArray items => items.SelectMany(Texts),
        JsonValue value when value.TryGetValue<string>(out var text) => [text],
        _ => [],
    };
}
