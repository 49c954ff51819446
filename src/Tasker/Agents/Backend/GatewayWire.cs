using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentGateway.Tasker.Agents.Backend;

/// <summary>
/// Carries requests to the gateway's internal listener: follows no redirect and no proxy, and turns every way to fail into a fault
/// that holds neither the token nor what the gateway's machine said of itself.
/// </summary>
internal sealed class GatewayWire(GatewayAccess access, ILogger<GatewayWire> log) : IDisposable
{
    private const string Prefix = "api/internal/v1/";
    private const int LargestAnswerBytes = 2 * 1024 * 1024;

    // A revoke waits up to five seconds for calls under way before it answers.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = LargestAnswerBytes,
    };

    public Task<GatewayReply<T>> ReadAsync<T>(string path, JsonTypeInfo<T> shape, CancellationToken cancel)
        where T : class => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, Address(Prefix + path)), shape, cancel);

    /// <summary>What needs no token, such as the probes of health.</summary>
    public Task<GatewayReply<T>> ProbeAsync<T>(string path, JsonTypeInfo<T> shape, CancellationToken cancel)
        where T : class => SendAsync(() => new HttpRequestMessage(HttpMethod.Get, Address(path)), shape, cancel);

    /// <param name="write">Where it goes, who acts and under which key a repeat is recognised.</param>
    /// <param name="body">What is sent.</param>
    public Task<GatewayReply<TAnswer>> WriteAsync<TBody, TAnswer>(
        GatewayWrite write, TBody body, JsonTypeInfo<TBody> sent, JsonTypeInfo<TAnswer> shape, CancellationToken cancel)
        where TAnswer : class => SendAsync(
            () =>
            {
                var request = new HttpRequestMessage(write.Method, Address(Prefix + write.Path))
                {
                    Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, sent)),
                };
                request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
                request.Headers.Add("X-NodeDC-Actor", write.Actor.ToString("D"));
                request.Headers.Add("Idempotency-Key", write.Key);
                return request;
            },
            shape,
            cancel);

    /// <summary>A stream that goes on until its reader lets go of it; null: the gateway has none to give now.</summary>
    /// <exception cref="HttpRequestException">The gateway does not answer.</exception>
    public async Task<Stream?> ListenAsync(string path, CancellationToken cancel)
    {
        if (access.Missing.Count > 0)
        {
            return null;
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, Address(Prefix + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access.CurrentToken());
        var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            return await answer.Content.ReadAsStreamAsync(cancel);
        }

        log.GatewayAway($"its stream answered {(int)answer.StatusCode}");
        answer.Dispose();
        return null;
    }

    public void Dispose() => _http.Dispose();

    private Uri Address(string path) => new(new Uri(access.Url!.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/"), path);

    private async Task<GatewayReply<T>> SendAsync<T>(Func<HttpRequestMessage> make, JsonTypeInfo<T> shape, CancellationToken cancel)
        where T : class
    {
        if (access.Missing.Count > 0)
        {
            return Failed<T>(GatewayFault.Away($"Tasker does not know the gateway yet: set {string.Join(", ", access.Missing)}."));
        }

        try
        {
            using var request = make();
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", access.CurrentToken());
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
            var bytes = await answer.Content.ReadAsByteArrayAsync(cancel);
            return answer.IsSuccessStatusCode
                ? new GatewayReply<T> { Value = JsonSerializer.Deserialize(bytes, shape) ?? throw new JsonException() }
                : Failed<T>(Explain(answer.StatusCode, bytes));
        }
        catch (Exception lost) when (lost is HttpRequestException or OperationCanceledException or FormatException
            && !cancel.IsCancellationRequested)
        {
            log.GatewayAway(lost.GetType().Name);
            return Failed<T>(GatewayFault.Away("The gateway does not answer."));
        }
        catch (JsonException)
        {
            log.GatewayAway("an answer that is none of its own");
            return Failed<T>(GatewayFault.Away("The gateway answered something that Tasker does not understand."));
        }
    }

    private GatewayFault Explain(HttpStatusCode status, byte[] bytes)
    {
        if (status == HttpStatusCode.Unauthorized)
        {
            log.GatewayAway("the internal token was refused");
            return GatewayFault.Away("The gateway refused Tasker's token (TASKER_GATEWAY_TOKEN).");
        }

        var problem = JsonSerializer.Deserialize(bytes, GatewayJson.Default.ProblemAnswer) ?? throw new JsonException();
        var error = problem.Errors is [var first, ..] ? first : null;
        return new GatewayFault((int)status, problem.Code, error?.Detail ?? problem.Detail)
        {
            Hint = problem.Hint,
            Field = error?.Field,
        };
    }

    private static GatewayReply<T> Failed<T>(GatewayFault fault)
        where T : class => new() { Fault = fault };
}

/// <summary>A write: where it goes, who acts, and the key under which a repeat is recognised.</summary>
internal sealed record GatewayWrite(HttpMethod Method, string Path, Guid Actor, string Key);
