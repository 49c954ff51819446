using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using AgentGateway.Launcher.Configure;
using AgentGateway.Launcher.Web;

namespace AgentGateway.Launcher.Delivery;

/// <summary>Speaks to the gateway's internal API; only the gateway's own acknowledgement counts as one.</summary>
internal sealed class GatewayClient : IDisposable
{
    private const string Entitlements = "api/internal/v1/entitlements";

    private readonly HttpClient _http;

    private readonly LauncherTokens _tokens;

    public GatewayClient(LauncherSettings settings, LauncherTokens tokens)
    {
        _tokens = tokens;
        // A redirect or a proxy would carry the token to someone else.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        };
        _http = new HttpClient(handler)
        {
            BaseAddress = new Uri(settings.GatewayUrl.AbsoluteUri.TrimEnd('/') + "/"),
            Timeout = TimeSpan.FromSeconds(5),
            MaxResponseContentBufferSize = 64 * 1024,
        };
    }

    public Task<Attempt> PushAsync(Push push, CancellationToken cancel)
    {
        var address = $"{Entitlements}/{Uri.EscapeDataString(push.ClientId)}/{push.UserId:D}/{push.Module}";
        return SendAsync(HttpMethod.Put, address, JsonSerializer.SerializeToUtf8Bytes(push.Body, LauncherJson.Wire.PushBody), cancel);
    }

    public Task<Attempt> PushAllAsync(PushBatch batch, CancellationToken cancel) => SendAsync(
        HttpMethod.Post, Entitlements + ":batch", JsonSerializer.SerializeToUtf8Bytes(batch, LauncherJson.Wire.PushBatch), cancel);

    public void Dispose() => _http.Dispose();

    private async Task<Attempt> SendAsync(HttpMethod method, string address, byte[] body, CancellationToken cancel)
    {
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(address, UriKind.Relative))
            {
                Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
                Headers = { Authorization = new AuthenticationHeaderValue("Bearer", _tokens.Gateway.First) },
            };
            using var response = await _http.SendAsync(request, cancel);
            return response.StatusCode == HttpStatusCode.OK
                ? Acknowledgement(await response.Content.ReadAsByteArrayAsync(cancel), single: method == HttpMethod.Put)
                : new Attempt.Failed($"status {(int)response.StatusCode}", IsAboutContent(response.StatusCode));
        }
        catch (HttpRequestException unreachable)
        {
            return new Attempt.Failed(unreachable.HttpRequestError.ToString(), ContentRefused: false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return new Attempt.Failed("no answer in time", ContentRefused: false);
        }
    }

    private static Attempt Acknowledgement(byte[] answer, bool single)
    {
        if (!single)
        {
            return new Attempt.Acknowledged(Applied: true);
        }

        try
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("applied", out var applied)
                && applied.ValueKind is (JsonValueKind.True or JsonValueKind.False)
                ? new Attempt.Acknowledged(applied.ValueKind == JsonValueKind.True)
                : new Attempt.Failed("status 200 without \"applied\"", ContentRefused: false);
        }
        catch (JsonException)
        {
            return new Attempt.Failed("status 200 without JSON", ContentRefused: false);
        }
    }

    private static bool IsAboutContent(HttpStatusCode status) => status is HttpStatusCode.BadRequest or HttpStatusCode.Conflict
        or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity;
}
