using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>A demo that was started once, detached, for all tests of a class.</summary>
public sealed class RunningDemo : IAsyncLifetime
{
    private static readonly HttpClient Client = new();

    public DemoScript Script { get; } = new();

    public string FirstOutput { get; private set; } = "";

    public async Task InitializeAsync()
    {
        var answer = (await Script.RunAsync("--detach")).Succeeded();
        FirstOutput = answer.Output + answer.Error;
    }

    public async Task DisposeAsync() => await Script.DisposeAsync();

    /// <summary>One message to /mcp with the demo agent's token, or the second owner's; the JSON-RPC result.</summary>
    public async Task<JsonNode> AskAsync(string method, JsonObject? parameters = null, bool second = false)
    {
        var demo = Script.Read();
        using var request = new HttpRequestMessage(HttpMethod.Post, (string)demo["mcp"]!)
        {
            Content = JsonContent.Create(new JsonObject
            {
                ["jsonrpc"] = "2.0",
                ["id"] = 1,
                ["method"] = method,
                ["params"] = parameters ?? [],
            }),
        };
        request.Headers.Add("Authorization", $"Bearer {(string)(second ? demo["second"]! : demo)["agent"]!["token"]!}");
        request.Headers.Add("Accept", "application/json, text/event-stream");
        using var response = await Client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        return JsonNode.Parse(body)!["result"] ?? throw new InvalidOperationException($"{(int)response.StatusCode} {body}");
    }

    public Task<JsonNode> CreateCardAsync(string project, string title) =>
        CallAsync("create_card", new JsonObject { ["project"] = project, ["title"] = title });

    public Task<JsonNode> CallAsync(string tool, JsonObject arguments) =>
        AskAsync("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });
}
