using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace AgentGateway.Security.Tests.Rig;

/// <summary>What an agent got for one call.</summary>
/// <param name="Status">HTTP status; 0 when the connection broke.</param>
/// <param name="Code">Code of the refusal; null on success.</param>
/// <param name="Body">The whole answer; empty when the connection broke.</param>
internal sealed record CallAnswer(int Status, string? Code, string Body)
{
    /// <summary>Of the call, as the gateway named it; null when the connection broke.</summary>
    public Guid? RequestId { get; init; }

    public bool Succeeded => Status == 200 && Code is null;

    public JsonNode? Structured => Status == 200 ? JsonNode.Parse(Body)?["result"]?["structuredContent"] : null;
}

/// <summary>Calls tools as an agent does, over HTTP.</summary>
internal sealed class AgentDoor(HttpClient client)
{
    public async Task<CallAnswer> CallAsync(
        Replica replica, string token, string tool, string arguments, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(replica.Agents, "/mcp"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Content = new StringContent(
            $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""",
            Encoding.UTF8,
            "application/json");
        try
        {
            using var response = await client.SendAsync(request, cancel);
            var body = await response.Content.ReadAsStringAsync(cancel);
            var id = response.Headers.TryGetValues("X-Request-Id", out var values) ? Guid.Parse(values.Single()) : (Guid?)null;
            return new CallAnswer((int)response.StatusCode, Code(body), body) { RequestId = id };
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException)
        {
            return new CallAnswer(0, "connection", "");
        }
    }

    // A refusal is a result that says so, or a protocol error.
    private static string? Code(string body)
    {
        var answer = JsonNode.Parse(body);
        return answer?["error"] is { } error ? (string?)error["data"]?["code"] ?? "error"
            : (bool?)answer?["result"]?["isError"] == true ? (string?)answer["result"]!["structuredContent"]?["code"] ?? "error"
            : null;
    }
}
