using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Owners;

/// <summary>Asks Tasker which project a key means, when a grant is written; follows no redirect and no proxy.</summary>
internal sealed class TaskerDirectory : IDisposable
{
    private const string Prefix = "api/internal/nodedc/agent/v1/";
    private const int LargestAnswerBytes = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly Secret _token;

    public TaskerDirectory(Uri baseUrl, Secret internalToken)
    {
        _http = OutboundHttp.Create(baseUrl, Timeout, LargestAnswerBytes);
        _token = internalToken;
    }

    /// <exception cref="TaskerRefusedException">With a sentence that says what Tasker said.</exception>
    public async Task<ResolvedProject> ResolveAsync(NewAgent agent, string key, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"{Prefix}workspaces/{Uri.EscapeDataString(agent.Workspace)}/projects/resolve?q={Uri.EscapeDataString(key)}");
        Authorize(request);
        // The agent does not exist yet: it is named as what it will be, so that Tasker's log tells who was asked for.
        request.Headers.Add("X-NodeDC-Agent-Id", "ag_new");
        request.Headers.Add("X-NodeDC-Agent-Name", Uri.EscapeDataString(agent.Name));
        request.Headers.Add("X-NodeDC-Agent-Owner", Uri.EscapeDataString(agent.OwnerId));
        request.Headers.Add("X-NodeDC-Workspace", agent.Workspace);
        request.Headers.Add("X-NodeDC-Scope", "project:read");
        request.Headers.Add("X-NodeDC-Tool", "grant");
        request.Headers.Add("X-Request-Id", Guid.CreateVersion7().ToString());
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
            return await ReadAsync(answer, key, cancel);
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw new TaskerRefusedException($"Tasker cannot be reached at {_http.BaseAddress}.", lost);
        }
    }

    /// <summary>Whether Tasker's adapter answers; a detail for readiness, never its condition.</summary>
    public async Task<bool> IsReachableAsync(CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Prefix + "health");
            Authorize(request);
            using var answer = await _http.SendAsync(request, cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _http.Dispose();

    // At each request: the token may be rotated while the program runs.
    private void Authorize(HttpRequestMessage request) =>
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token.Reveal());

    private static async Task<ResolvedProject> ReadAsync(HttpResponseMessage answer, string key, CancellationToken cancel)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new TaskerRefusedException(answer.StatusCode switch
            {
                HttpStatusCode.Unauthorized => "Tasker refused the internal token (NODEDC_TASKER_INTERNAL_TOKEN).",
                HttpStatusCode.Forbidden or HttpStatusCode.NotFound =>
                    $"Tasker knows no agent-enabled project \"{key}\" in this workspace.",
                HttpStatusCode.UnprocessableEntity => $"Tasker knows several projects by \"{key}\"; use the project's key.",
                var status => $"Tasker answered {(int)status} when asked for project \"{key}\".",
            })
            {
                Status = answer.StatusCode,
            };
        }

        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancel);
            var project = await JsonSerializer.DeserializeAsync(body, DirectoryJson.Default.ProjectAnswer, cancel);
            return project is null
                ? throw new TaskerRefusedException("Tasker's answer was empty.")
                : new ResolvedProject(project.Id, project.Key, project.Name, project.FormerKeys ?? [])
                {
                    MaxScopes = project.MaxScopes ?? [],
                };
        }
        catch (JsonException broken)
        {
            throw new TaskerRefusedException("Tasker's answer was not a project.", broken);
        }
    }
}

/// <summary>Tasker did not name the project; the message is for the person at the keyboard.</summary>
internal sealed class TaskerRefusedException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What Tasker answered; null when it did not.</summary>
    public HttpStatusCode? Status { get; init; }
}

/// <summary>A project as the adapter answers it.</summary>
internal sealed record ProjectAnswer
{
    public required Guid Id { get; init; }

    public required string Key { get; init; }

    public required string Name { get; init; }

    [JsonPropertyName("former_keys")]
    public IReadOnlyList<string>? FormerKeys { get; init; }

    [JsonPropertyName("agent_max_scopes")]
    public IReadOnlyList<string>? MaxScopes { get; init; }
}

/// <summary>Reads Tasker's answers; a member that is missing or null is no project.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ProjectAnswer))]
internal sealed partial class DirectoryJson : JsonSerializerContext;
