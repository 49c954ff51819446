using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Tests.Flow;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;

namespace AgentGateway.Gateway.Tests.Rest;

/// <summary>Speaks to the agents' REST routes of a world.</summary>
internal static class RestClient
{
    public static string Receipt =>
        $$$"""
        {"project_id":"{{{FlowWorld.Ndc}}}","card":"NDC-1","changed":["title"],"before":{},"after":{},"rev":"r1","content_rev":"c1",
         "deduplicated":false,"warnings":[],"url":"http://tasker/board/NDC/1","state":{"name":"Todo","group":"unstarted"},"labels":[],"assignees":[]}
        """;

    public static void TaskerCreates(this FlowWorld world, int status = 201, string? body = null) => world.Tasker
        .Given(Request.Create().UsingPost().WithPath($"/api/internal/nodedc/agent/v1/projects/{FlowWorld.Ndc}/cards"))
        .RespondWith(Response.Create().WithStatusCode(status)
            .WithHeader("Content-Type", status < 400 ? "application/json" : "application/problem+json")
            .WithBody(body ?? Receipt));

    /// <summary>The structured result of a call; with a key in the header when one is given.</summary>
    public static Task<RestAnswer> CallToolAsync(this FlowWorld world, string tool, string? arguments, params string[] keys) =>
        world.AskAsync("POST", $"/api/v1/tools/{tool}", arguments is null ? null : Encoding.UTF8.GetBytes(arguments),
            [.. keys.Select(key => ("Idempotency-Key", key))]);

    public static async Task<RestAnswer> AskAsync(
        this FlowWorld world, string method, string path, byte[]? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (headers.All(header => header.Name != "Authorization"))
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Token);
        }

        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in headers.Where(header => header.Value.Length > 0))
        {
            if (name.StartsWith("Content-", StringComparison.Ordinal))
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await world.Client.SendAsync(request);
        return new RestAnswer(
            (int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(),
            response.Headers.RetryAfter?.Delta);
    }
}

/// <summary>One answer over the wire.</summary>
internal sealed record RestAnswer(int Status, string? MediaType, string Body, TimeSpan? RetryAfter)
{
    public JsonNode Json => JsonNode.Parse(Body)!;

    public string? Code => (string?)Json["code"];
}
