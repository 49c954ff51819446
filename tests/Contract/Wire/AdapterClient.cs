using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Contract.Check;

namespace AgentGateway.Contract.Wire;

/// <summary>Calls the adapter as the gateway does; every header can be changed, none is implied by another.</summary>
internal sealed record AdapterClient(HttpClient Http, ContractOptions Options)
{
    public const string Prefix = "/api/internal/nodedc/agent/v1";
    public const string Tool = "contract_check";

    public string? Token { get; init; } = Options.Token;

    // An agent belongs to one owner for good, so each owner's checks have agents of their own.
    public string AgentId { get; init; } = $"check-{Options.Owner:N}";

    public Guid Owner { get; init; } = Options.Owner;

    public string Scopes { get; init; } = Rig.AllScopes;

    public string? Projects { get; init; }

    public string? NotAfter { get; init; }

    public string? Assertion { get; init; }

    public string Trace { get; init; } = "contract-check";

    public IReadOnlyDictionary<string, string> More { get; init; } = new Dictionary<string, string>();

    public AdapterClient Without(string scope) =>
        this with { Scopes = string.Join(' ', Scopes.Split(' ').Where(word => word != scope)) };

    public AdapterClient With(string header, string value) =>
        this with { More = new Dictionary<string, string>(More) { [header] = value } };

    public Task<Answer> GetAsync(string path) => SendAsync(HttpMethod.Get, path, null, null);

    public Task<Answer> PostAsync(string path, object? body, string? key = null) =>
        SendAsync(HttpMethod.Post, path, Json(body), key ?? Rig.NewKey());

    public Task<Answer> PatchAsync(string path, object? body, string? key = null) =>
        SendAsync(HttpMethod.Patch, path, Json(body), key ?? Rig.NewKey());

    public Task<Answer> PutAsync(string path, object? body, string? key = null) =>
        SendAsync(HttpMethod.Put, path, Json(body), key ?? Rig.NewKey());

    public Task<Answer> CommentAsync(string card, string text, string? key = null) =>
        PostAsync($"/cards/{card}/comments", new { body_markdown = text }, key);

    public Task<Answer> OpsAsync(string card, params object[] ops) => PostAsync($"/cards/{card}/content/ops", new { ops });

    public Task<Answer> ResolveAsync(string key) => SendAsync(HttpMethod.Post, $"/operations/{key}/resolve", null, null);

    public async Task<int> CommentsAsync(string card) => (await GetAsync($"/cards/{card}/comments?limit=100")).Is(200).Items("comments").Count;

    public async Task<Answer> SendAsync(HttpMethod method, string path, HttpContent? body, string? key)
    {
        using var request = new HttpRequestMessage(method, new Uri(Prefix + path, UriKind.Relative)) { Content = body };
        Set(request.Headers, "Authorization", Token is null ? null : $"Bearer {Token}");
        Set(request.Headers, "X-NodeDC-Agent-Id", AgentId);
        Set(request.Headers, "X-NodeDC-Agent-Name", Uri.EscapeDataString("Contract check"));
        Set(request.Headers, "X-NodeDC-Agent-Owner", Owner.ToString("D"));
        Set(request.Headers, "X-NodeDC-Workspace", Options.Workspace);
        Set(request.Headers, "X-NodeDC-Scope", Scopes);
        Set(request.Headers, "X-NodeDC-Tool", Tool);
        Set(request.Headers, "X-NodeDC-Project", Projects);
        Set(request.Headers, "X-NodeDC-Not-After", NotAfter);
        Set(request.Headers, "X-NodeDC-Assertion", Assertion ?? CallAssertion.Sign(this));
        Set(request.Headers, "X-Request-Id", Trace);
        Set(request.Headers, "Idempotency-Key", key);
        foreach (var (name, value) in More)
        {
            request.Headers.Remove(name);
            Set(request.Headers, name, value.Length == 0 ? null : value);
        }

        using var response = await Http.SendAsync(request);
        return await Answer.ReadAsync(request, response);
    }

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
