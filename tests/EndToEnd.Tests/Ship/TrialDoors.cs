using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;
using AgentGateway.Support;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>An agent of the trial; its token is what its machine presents now.</summary>
internal sealed class TrialAgent(string id)
{
    private volatile string _token = "";

    public string Id => id;

    public string TokenId { get; set; } = "";

    public string Token
    {
        get => _token;
        set => _token = value;
    }
}

/// <summary>What agents and backends ask of a fleet, through nginx where there is one.</summary>
internal sealed class TrialDoors(Fleet fleet) : IDisposable
{
    // A kept connection may close at the moment of the next call.
    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.Zero })
    {
        Timeout = TimeSpan.FromSeconds(30),
    };

    private string Agents => $"api/internal/v1/owners/{fleet.Owner}/agents";

    /// <summary>What went wrong with a tool's call; null when nothing did.</summary>
    public async Task<string?> CallAsync(string token, string tool, string arguments)
    {
        var body = $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""";
        var (status, text) = await AskAsync("POST", new Uri(fleet.Ingress.Agents, "/mcp"), token, body);
        return status == 200 && JsonNode.Parse(text)?["result"]?["isError"]?.GetValue<bool>() != true ? null : $"{status} {text}";
    }

    /// <summary>What went wrong with a comment; null when nothing did.</summary>
    public Task<string?> CommentAsync(TrialAgent agent) => CallAsync(agent.Token, "add_comment", $$"""
        {"card":"NDC-1","body":"trial","idempotency_key":"{{Guid.CreateVersion7()}}"}
        """);

    /// <summary>The first writes of a fresh Tasker are slow, and several at once wait for one card no longer than its lock allows.</summary>
    public async Task WarmAsync(string token)
    {
        var agent = await CreateAgentAsync("warm", token);
        for (var replica = 0; replica < Fleet.Replicas; replica++)
        {
            await Eventually.TrueAsync(async () => await CommentAsync(agent) is null);
        }
    }

    /// <summary>What went wrong with a backend's question about the owner's agents; null when nothing did.</summary>
    public async Task<string?> ListAgentsAsync(string token) => Wrong(await AskAsync("GET", new Uri(fleet.Ingress.Inside, Agents), token));

    /// <summary>What went wrong with the question that gateways ask the Launcher; null when nothing did.</summary>
    public async Task<string?> CheckAccessAsync(string token) => Wrong(await AskAsync(
        "GET", new Uri(fleet.Launcher, $"api/internal/access-check?user={fleet.Owner}&module=codex_agents"), token));

    /// <summary>What went wrong with a question of the Launcher's administrators; null when nothing did.</summary>
    public async Task<string?> ListClientsAsync(string token) =>
        Wrong(await AskAsync("GET", new Uri(fleet.Launcher, "api/v1/clients"), token));

    public async Task<bool> TaskerKnowsAsync(string token) =>
        (await AskAsync("GET", new Uri(fleet.Tasker, "api/internal/nodedc/agent/v1/cards/NDC-1"), token)).Status != 401;

    /// <summary>How many replicas let a backend in with this token.</summary>
    public async Task<int> ReplicasThatKnowAsync(string token)
    {
        var answers = await Task.WhenAll(fleet.Insides.Select(inside => AskAsync("GET", new Uri(inside, Agents), token)));
        return answers.Count(answer => answer.Status == 200);
    }

    public async Task<TrialAgent> CreateAgentAsync(string name, string token)
    {
        var made = await ChangeAsync("", token, $$"""
            {"name":"{{name}}","workspace":"{{Seed.Workspace}}","grants":[{"project":"{{Seed.Granted}}","bundle":"contributor"}]}
            """);
        var agent = new TrialAgent((string)made["agent"]!["id"]!);
        await IssueAsync(agent, token);
        return agent;
    }

    /// <summary>A second token beside the first, which its machine presents from now on; answers the first and its id.</summary>
    public async Task<(string Token, string Id)> IssueAsync(TrialAgent agent, string token)
    {
        var before = (agent.Token, agent.TokenId);
        var issued = await ChangeAsync($"/{agent.Id}/tokens", token, """{"label":"trial"}""");
        agent.TokenId = (string)issued["token_id"]!;
        agent.Token = (string)issued["token"]!;
        return before;
    }

    public Task RevokeAsync(TrialAgent agent, string tokenId, string token) =>
        ChangeAsync($"/{agent.Id}/tokens/{tokenId}/revoke", token, "{}");

    public void Dispose() => _http.Dispose();

    private static string? Wrong((int Status, string Text) answer) => answer.Status == 200 ? null : $"{answer.Status} {answer.Text}";

    private async Task<JsonNode> ChangeAsync(string path, string token, string body)
    {
        var (status, text) = await AskAsync("POST", new Uri(fleet.Ingress.Inside, Agents + path), token, body);
        Assert.True(status is >= 200 and < 300, $"{path}: {status} {text}");
        return JsonNode.Parse(text)!;
    }

    private async Task<(int Status, string Text)> AskAsync(string method, Uri address, string token, string? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), address);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Headers.Add("X-NodeDC-Actor", fleet.Owner);
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await _http.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException)
        {
            return (0, lost.Message);
        }
    }
}
