using ModelContextProtocol.Client;

namespace AgentGateway.Gateway.Tests.Accept;

/// <summary>A client nobody here wrote gets along in both eras.</summary>
public sealed class RealClientTests(GatewayUnderTest gateway) : IClassFixture<GatewayUnderTest>
{
    [Theory]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    [InlineData("2026-07-28")]
    public async Task The_SDKs_client_lists_and_calls(string version)
    {
        var transport = new HttpClientTransport(new HttpClientTransportOptions
        {
            Endpoint = new Uri($"http://{gateway.Agent}/mcp"),
            TransportMode = HttpTransportMode.StreamableHttp,
            AdditionalHeaders = new Dictionary<string, string> { ["Authorization"] = "Bearer " + GatewayUnderTest.Token },
        });

        await using var client = await McpClient.CreateAsync(transport, new McpClientOptions { ProtocolVersion = version });
        var tools = await client.ListToolsAsync();
        var result = await client.CallToolAsync("whoami");

        Assert.Equal(version, client.NegotiatedProtocolVersion);
        Assert.Equal("agent-gateway", client.ServerInfo?.Name);
        Assert.Equal("whoami", Assert.Single(tools).Name);
        Assert.Equal("да", result.StructuredContent!.Value.GetProperty("reached").GetString());
        Assert.False(result.IsError);
    }
}
