using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace AgentGateway.Tasker.Tests.Adapter;

/// <summary>Calls the adapter as the gateway does; every header can be changed, none is implied by another.</summary>
internal sealed record AgentClient(World World)
{
    public const string Prefix = "/api/internal/nodedc/agent/v1";

    public const string AllScopes =
        "project:read member:read card:read card:create card:update card:move card:close card:comment card:mention card:label card:assign "
        + "card:link card:content:append card:content:replace card:content:check session:report project:member:add_existing";

    public string? Token { get; init; } = TaskerFixture.FirstToken;

    public string AgentId { get; init; } = "ag_" + World.Slug;

    public string Scopes { get; init; } = AllScopes;

    public string? Projects { get; init; } = World.Project.ToString();

    public string? NotAfter { get; init; }

    public string Trace { get; init; } = "trace-1";

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public AgentClient Without(string scope) => this with { Scopes = string.Join(' ', Scopes.Split(' ').Where(word => word != scope)) };

    public AgentClient With(string header, string value) =>
        this with { Headers = new Dictionary<string, string>(Headers) { [header] = value } };

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, null);

    public Task<Answer> PostAsync(string path, object? body, string? key = null) =>
        SendAsync(HttpMethod.Post, path, Json(body), key ?? NewKey());

    public Task<Answer> PatchAsync(string path, object? body, string? key = null) =>
        SendAsync(HttpMethod.Patch, path, Json(body), key ?? NewKey());

    public Task<Answer> PutAsync(string path, object? body, string? key = null) =>
        SendAsync(HttpMethod.Put, path, Json(body), key ?? NewKey());

    public Task<Answer> SearchAsync(string query, object? more = null) =>
        PostAsync("/cards/search", Merge(new { query, projects = new[] { World.Project } }, more));

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body, string? key)
    {
        using var request = new HttpRequestMessage(method, Prefix + path) { Content = body };
        Set(request.Headers, "Authorization", Token is null ? null : $"Bearer {Token}");
        Set(request.Headers, "X-NodeDC-Agent-Id", AgentId);
        Set(request.Headers, "X-NodeDC-Agent-Name", Uri.EscapeDataString("Ноутбук"));
        Set(request.Headers, "X-NodeDC-Agent-Owner", World.Anna.ToString());
        Set(request.Headers, "X-NodeDC-Workspace", World.Slug);
        Set(request.Headers, "X-NodeDC-Scope", Scopes);
        Set(request.Headers, "X-NodeDC-Tool", "test_tool");
        Set(request.Headers, "X-NodeDC-Project", Projects);
        Set(request.Headers, "X-NodeDC-Not-After", NotAfter);
        Set(request.Headers, "X-Request-Id", Trace);
        Set(request.Headers, "Idempotency-Key", key);
        foreach (var (name, value) in Headers)
        {
            request.Headers.Remove(name);
            Set(request.Headers, name, value.Length == 0 ? null : value);
        }

        using var response = await World.Tasker.Http.SendAsync(request);
        return await Answer.ReadAsync(response);
    }

    public static string NewKey() => Guid.CreateVersion7().ToString("N");

    /// <summary>Two anonymous objects as one JSON object; the second one's members win.</summary>
    public static JsonObject Merge(object first, object? second)
    {
        var merged = JsonSerializer.SerializeToNode(first)!.AsObject();
        foreach (var (name, value) in second is null ? [] : JsonSerializer.SerializeToNode(second)!.AsObject())
        {
            merged[name] = value?.DeepClone();
        }

        return merged;
    }

    public static HttpContent Raw(string json, string type = "application/json")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(json));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    private static HttpContent? Json(object? body) => body is null ? null : Raw(JsonSerializer.Serialize(body));

    private static void Set(HttpRequestHeaders headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.TryAddWithoutValidation(name, value);
        }
    }
}

/// <summary>What came back.</summary>
internal sealed record Answer(int Status, string Body, string? Type, string? Tag, bool Replayed)
{
    private readonly JsonNode? _json = Body.Length == 0 ? null : JsonNode.Parse(Body);

    public JsonNode Json => _json!;

    public static async Task<Answer> ReadAsync(HttpResponseMessage response) => new(
        (int)response.StatusCode,
        await response.Content.ReadAsStringAsync(),
        response.Content.Headers.ContentType?.MediaType,
        response.Headers.ETag?.ToString(),
        response.Headers.Contains("Idempotency-Replayed"));

    /// <summary>The text at a path such as <c>errors.0.pointer</c>.</summary>
    public string Text(string path) => At(path) switch
    {
        JsonValue value when value.TryGetValue<string>(out var text) => text,
        var other => other?.ToJsonString() ?? "(null)",
    };

    public JsonNode? At(string path) => path.Split('.').Aggregate(
        _json, (node, step) => int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? node?[index] : node?[step]);

    public string[] List(string path) => [.. (At(path)?.AsArray() ?? []).Select(item => item!.GetValue<string>())];

    public JsonNode[] Items(string path) => [.. (At(path)?.AsArray() ?? []).Select(item => item!)];

    public void IsProblem(int status, string code)
    {
        Assert.True(status == Status && Type == "application/problem+json", $"{Status} {Type} {Body}");
        Assert.True(code == Text("code"), Body);
        Assert.Equal("urn:nodedc:problem:" + code, Text("type"));
        Assert.Equal(status.ToString(CultureInfo.InvariantCulture), Text("status"));
    }

    public void IsOk(int status = 200) => Assert.True(status == Status, $"{Status} {Body}");
}
