using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Support;
using Microsoft.Extensions.DependencyInjection;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AgentGateway.Gateway.Tests.Degradation;

/// <summary>A gateway and the three kinds of its callers: who reads, who writes, who keeps agents.</summary>
internal sealed class DegradationWorld(FlowWorld flow, string agent) : IAsyncDisposable
{
    private const string Comments = "/api/internal/nodedc/agent/v1/cards/NDC-1/comments";

    public FlowWorld Flow => flow;

    /// <summary>What reached Tasker, questions of readiness left aside.</summary>
    public int Arrivals => flow.Tasker.LogEntries.Count(entry => entry.RequestMessage!.Path == Comments);

    /// <summary>Before a Tasker that answers everything, with everyone known already.</summary>
    public static async Task<DegradationWorld> StartAsync(
        PostgresCluster? cluster = null, Uri? tasker = null, Action<IServiceCollection>? replace = null,
        IReadOnlyDictionary<string, string>? more = null)
    {
        var flow = await FlowWorld.StartAsync(
            cluster is null ? null : await LedgerWorld.CreateOnAsync(cluster), tasker, replace: replace, more: more);
        flow.Tasker.Given(Request.Create().UsingGet().WithPath(Comments)).RespondWith(Json(
            200, $$"""{"project_id":"{{FlowWorld.Ndc}}","card":"NDC-1","comments":[],"total":0,"next_cursor":null}"""));
        flow.Tasker.Given(Request.Create().UsingPost().WithPath(Comments)).RespondWith(Json(
            201,
            $$$"""
            {"project_id":"{{{FlowWorld.Ndc}}}","card":"NDC-1","url":"http://t/1","deduplicated":false,"warnings":[],
             "comment":{"id":"aaaaaaaa-9999-4999-8999-999999999999","project_id":"{{{FlowWorld.Ndc}}}","body_markdown":"hello"}}
            """));
        var agent = await flow.Ledger.ValueAsync<string>($"SELECT agent_id FROM grants WHERE project_id = '{FlowWorld.Ndc}'");
        return new DegradationWorld(flow, agent!);
    }

    /// <summary>The code of the refusal, or the card.</summary>
    public async Task<string> ReadAsync() => Said(await flow.ResultAsync("list_comments", """{"card":"NDC-1"}"""));

    public async Task<string> WriteAsync(string key) => Said(
        await flow.ResultAsync("add_comment", $$"""{"card":"NDC-1","body":"hello","idempotency_key":"{{key}}"}"""));

    /// <summary>The code of the refusal; null: it was done.</summary>
    public async Task<string?> SuspendAsync() => (string?)(await OwnerAsync("POST", "/suspend", """{"reason":"drill"}"""))["code"];

    public async Task<string?> GrantAsync() => (string?)(await OwnerAsync("PUT", "/grants/NEW", """{"bundle":"observer"}"""))["code"];

    public Task<string?> StatusAsync() => flow.Ledger.ValueAsync<string>($"SELECT status FROM agents WHERE id = '{agent}'");

    public Task<long> CountAsync(string where) =>
        flow.Ledger.ValueAsync<long>($"SELECT coalesce(sum(count), 0) FROM audit_events WHERE {where}");

    public ValueTask DisposeAsync() => flow.DisposeAsync();

    private async Task<JsonNode> OwnerAsync(string method, string path, string body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), $"/api/internal/v1/owners/u-anna/agents/{agent}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", FlowWorld.OwnersToken);
        request.Headers.Add("X-NodeDC-Actor", "u-anna");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await flow.Client.SendAsync(request);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    private static string Said(JsonNode result) => (string?)result["code"] ?? (string)result["card"]!;

    private static IResponseBuilder Json(int status, string body) =>
        Response.Create().WithStatusCode(status).WithHeader("Content-Type", "application/json").WithBody(body);
}
