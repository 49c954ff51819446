using System.Net.Http.Headers;
using System.Text.Json;

namespace AgentGateway.Gateway.Commands.Doctor;

/// <summary>What came back: a status, and the body when it was small JSON.</summary>
internal sealed record Probed(int Status, JsonElement Json);

/// <summary>Asks an address once, straight, without proxy, redirect or cookie; null when nobody answers in time.</summary>
internal sealed class Probe : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(2),
    })
    {
        Timeout = TimeSpan.FromSeconds(4),
        MaxResponseContentBufferSize = 512 * 1024,
    };

    public async Task<Probed?> GetAsync(Uri url, CancellationToken cancel, Action<HttpRequestHeaders>? headers = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        headers?.Invoke(request.Headers);
        return await SendAsync(request, cancel);
    }

    public async Task<Probed?> SendAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            using var answer = await _http.SendAsync(request, cancel);
            return new Probed((int)answer.StatusCode, Read(await answer.Content.ReadAsByteArrayAsync(cancel)));
        }
        catch (Exception lost) when (lost is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>The address below a base that may itself have a path.</summary>
    public static Uri At(Uri root, string path) => new(root.AbsoluteUri.TrimEnd('/') + path);

    public void Dispose() => _http.Dispose();

    private static JsonElement Read(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProbeJson.Default.JsonElement);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <summary>Reads whatever JSON another server sends.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class ProbeJson : System.Text.Json.Serialization.JsonSerializerContext;
