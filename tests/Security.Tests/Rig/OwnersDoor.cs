using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AgentGateway.Security.Tests.Rig;

/// <summary>An answer of the internal API; status 0 when the connection broke.</summary>
internal sealed record OwnerAnswer(int Status, JsonNode? Body);

/// <summary>An agent with a live token, made through the internal API.</summary>
internal sealed record LiveAgent(string Owner, string Id, string TokenId, string Token)
{
    public string Path => $"/owners/{Owner}/agents/{Id}";

    // A record prints its members; this one must not.
    public override string ToString() => Id;
}

/// <summary>What Tasker's and Launcher's backends ask of one replica.</summary>
internal sealed class OwnersDoor(HttpClient client, string internalToken)
{
    public async Task<OwnerAnswer> AskAsync(Replica replica, string method, string path, string? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(replica.Inside, "/api/internal/v1" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", internalToken);
        request.Headers.Add("X-NodeDC-Actor", "u-actor");
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        try
        {
            using var response = await client.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            return new OwnerAnswer((int)response.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException)
        {
            return new OwnerAnswer(0, null);
        }
    }

    /// <summary>As above, and fails unless the answer is 2xx.</summary>
    public async Task<JsonNode> DoAsync(Replica replica, string method, string path, string? body = null)
    {
        var answer = await AskAsync(replica, method, path, body);
        var log = replica.Process.Log;
        Assert.True(answer.Status is >= 200 and < 300, $"{method} {path}: {answer.Status} {answer.Body} {log[^Math.Min(2000, log.Length)..]}");
        return answer.Body!;
    }

    public async Task<LiveAgent> CreateAgentAsync(
        Replica replica, string owner, string name, string workspace = FakeTasker.Workspace, string bundle = "contributor")
    {
        var created = await DoAsync(
            replica, "POST", $"/owners/{owner}/agents",
            $$"""{"name":"{{name}}","workspace":"{{workspace}}","grants":[{"project":"NDC","bundle":"{{bundle}}"}]}""");
        var id = (string)created["agent"]!["id"]!;
        return await IssueAsync(replica, owner, id);
    }

    public async Task<LiveAgent> IssueAsync(Replica replica, string owner, string agent)
    {
        var issued = await DoAsync(replica, "POST", $"/owners/{owner}/agents/{agent}/tokens", """{"label":"test"}""");
        return new LiveAgent(owner, agent, (string)issued["token_id"]!, (string)issued["token"]!);
    }

    /// <summary>The Launcher's word on an owner.</summary>
    public Task<JsonNode> EntitleAsync(Replica replica, string owner, long version, bool enabled, bool blocked) => DoAsync(
        replica, "PUT", $"/entitlements/nodedc/{owner}/codex_agents",
        $$"""
        {"enabled":{{Word(enabled)}},"blocked":{{Word(blocked)}},"reason":"test","actor":"root","version":{{version}},
        "occurred_at":"2026-01-01T00:00:00Z"}
        """);

    private static string Word(bool value) => value ? "true" : "false";
}
