using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Owners.Entitlements;

/// <summary>Asks the Launcher about one person; an answer that is not wholly right is none.</summary>
internal sealed class LauncherClient(Uri baseUrl, Secret token) : IDisposable
{
    private const string Module = "codex_agents";
    private const int LargestAnswerBytes = 64 * 1024;
    private const int MostClients = 100;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    private readonly HttpClient _http = OutboundHttp.Create(baseUrl, Timeout, LargestAnswerBytes);

    /// <exception cref="LauncherSilentException">With what came instead of an answer.</exception>
    public async Task<AccessAnswer> AskAsync(string ownerId, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, $"api/internal/access-check?user={Uri.EscapeDataString(ownerId)}&module={Module}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        try
        {
            // The whole answer counts against the time, so that one that drips ends as well.
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
            return answer.StatusCode == HttpStatusCode.OK
                ? Read(ownerId, await answer.Content.ReadAsByteArrayAsync(cancel))
                : throw new LauncherSilentException($"status {(int)answer.StatusCode}");
        }
        catch (HttpRequestException lost)
        {
            throw new LauncherSilentException(lost.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new LauncherSilentException("no answer in time");
        }
    }

    public void Dispose() => _http.Dispose();

    private static AccessAnswer Read(string ownerId, byte[] body)
    {
        try
        {
            var answer = JsonSerializer.Deserialize(body, AccessJson.Default.AccessAnswer);
            return answer is not null && IsSound(ownerId, answer)
                ? answer
                : throw new LauncherSilentException("an answer about somebody else, or one that contradicts itself");
        }
        catch (JsonException)
        {
            throw new LauncherSilentException("an answer of another shape");
        }
    }

    private static bool IsSound(string ownerId, AccessAnswer answer) =>
        answer.User == ownerId && answer.Module == Module
        && answer.Clients.Count <= MostClients
        && answer.Clients.All(client => client is not null && EntitlementRoutes.IsId(client.Client) && client.Version > 0
            && client.Reason.Length <= EntitlementRoutes.LongestReason && Api.Text.IsPlain(client.Reason))
        && answer.Clients.DistinctBy(client => client.Client, StringComparer.Ordinal).Count() == answer.Clients.Count
        && answer.Enabled == answer.Clients.Any(client => client.Enabled)
        && answer.Allowed == (answer.Enabled && !answer.Blocked)
        && answer.Version == answer.Clients.Select(client => client.Version).DefaultIfEmpty(0).Max();
}

/// <summary>The Launcher did not answer, or not with an answer; the message is for the log.</summary>
internal sealed class LauncherSilentException(string message) : Exception(message);
