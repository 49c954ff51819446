using System.Net.Http.Headers;
using System.Text;
using AgentGateway.Support;
using Dapper;

namespace AgentGateway.Gateway.Tests.Flow;

/// <summary>What never becomes a call is written down too, with its reason, and answered with its id.</summary>
public sealed class AuditedRefusalTests : IAsyncLifetime
{
    private const string Ping = """{"jsonrpc":"2.0","id":"mine","method":"ping"}""";

    private FlowWorld? _started;

    private FlowWorld World => _started ?? throw new InvalidOperationException("The world has not started.");

    public async Task InitializeAsync() => _started = await FlowWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Fact]
    public async Task Every_kind_of_refusal_has_its_event_and_sends_nothing()
    {
        await SendAsync(Ping, request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "ndca1_wrong"), 401);
        await SendAsync(Ping, request => request.Headers.Authorization = null, 401);
        await SendAsync("""{"jsonrpc":"2.0","id":"mine","id":"mine","method":"ping"}""", null, 400);
        await SendAsync($$"""{"id":"mine","jsonrpc":"2.0","method":"ping","params":{"x":"{{new string('x', 300_000)}}"} }""", null, 413);
        await SendAsync(Ping, request => request.Headers.Host = "evil.example", 421);
        await SendAsync(Ping, request => request.Headers.Add("Origin", "https://evil.example"), 403);
        await SendAsync(Ping, request => request.Content!.Headers.ContentType = new MediaTypeHeaderValue("text/plain"), 415);

        await using var connection = await World.Ledger.Database.OpenConnectionAsync();
        await Eventually.TrueAsync(async () => await connection.QuerySingleAsync<long>(
            "SELECT coalesce(sum(count), 0) FROM audit_events WHERE kind = 'refused'") == 7);
        var reasons = await connection.QueryAsync<string>("SELECT DISTINCT reason FROM audit_events WHERE kind = 'refused' ORDER BY reason");

        Assert.Equal(["malformed_message", "payload_too_large", "request_refused", "unauthenticated"], reasons);
        Assert.Empty(World.Tasker.LogEntries);
    }

    [Fact]
    public async Task No_answer_to_a_bad_token_asks_for_a_login_or_tells_causes_apart()
    {
        var wrong = await SendAsync(Ping, request => request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "x"), 401);
        var missing = await SendAsync(Ping, request => request.Headers.Authorization = null, 401);

        Assert.Equal(wrong, missing);
        Assert.Contains("NODEDC_AGENT_TOKEN", wrong, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string body, Action<HttpRequestMessage>? change, int status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", World.Token);
        change?.Invoke(request);
        using var response = await World.Client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Contains("\"id\":\"mine\"", answer, StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("WWW-Authenticate"));
        return answer;
    }
}
