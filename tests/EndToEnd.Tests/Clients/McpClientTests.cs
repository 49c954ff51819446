using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Clients;

/// <summary>The official C# client works in both eras of the protocol.</summary>
[Collection(SystemCollection.Name)]
public sealed class McpClientTests(RunningSystem system, ITestOutputHelper output)
{
    private const string Modern = "2026-07-28";

    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData(Modern)]
    [InlineData(null)]
    public Task The_official_client_lists_and_calls_tools(string? revision) => system.ExplainAsync(output, async () =>
    {
        var agent = await system.CreateAgentAsync($"official-{revision ?? "newest"}", $"{Seed.Granted}=contributor");
        await using var client = await ConnectAsync(agent, revision);
        Assert.Equal(revision ?? Modern, client.NegotiatedProtocolVersion);

        var tools = await client.ListToolsAsync();
        Assert.Contains(tools, tool => tool.Name == "create_card");
        Assert.DoesNotContain(tools, tool => tool.Name.Contains("delete", StringComparison.Ordinal));

        var me = await CallAsync(client, "whoami", []);
        Assert.Equal(agent.Id, (string?)me["agent"]?["id"]);

        var projects = await CallAsync(client, "list_projects", []);
        Assert.Equal(Seed.Granted, (string?)Assert.Single(Assert.IsType<JsonArray>(projects["projects"]))?["key"]);

        var card = await CallAsync(client, "create_card", new()
        {
            ["project"] = Seed.Granted,
            ["title"] = $"Made by the official client, {revision ?? "newest"}",
            ["idempotency_key"] = $"official-client-{Guid.CreateVersion7():N}",
        });
        Assert.StartsWith(Seed.Granted + "-", (string?)card["card"], StringComparison.Ordinal);
        Assert.Equal(true, (bool?)card["created"]);
    });

    [Fact]
    public Task A_refusal_is_a_result_the_model_can_read() => system.ExplainAsync(output, async () =>
    {
        var agent = await system.CreateAgentAsync("official-refused", $"{Seed.Granted}=contributor");
        await using var client = await ConnectAsync(agent, Modern);

        // The list tells the client which arguments to repeat in headers.
        await client.ListToolsAsync();
        var refusal = await client.CallToolAsync(
            "get_project_context", new Dictionary<string, object?> { ["project"] = Seed.Ungranted });

        Assert.True(refusal.IsError);
        Assert.Equal("project_not_granted", refusal.StructuredContent?.GetProperty("code").GetString());
        Assert.NotEmpty(Assert.IsType<TextContentBlock>(Assert.Single(refusal.Content)).Text);
    });

    private Task<McpClient> ConnectAsync(RunningAgent agent, string? revision) => McpClient.CreateAsync(
        new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = system.Mcp,
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = $"Bearer {agent.Token}" },
        }),
        new McpClientOptions { ProtocolVersion = revision });

    private static async Task<JsonObject> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments);
        var said = string.Join(' ', result.Content.OfType<TextContentBlock>().Select(text => text.Text));
        Assert.False(result.IsError ?? false, $"{tool}: {said}");
        return Assert.IsType<JsonObject>(JsonNode.Parse(result.StructuredContent?.GetRawText() ?? "null"));
    }
}
