using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Relay;
using AgentGateway.Transforms.Response;

namespace AgentGateway.Gateway.Ledger.Reconcile;

/// <summary>What Tasker says became of a key: done, with the answer it gave then, or fenced: it never will be.</summary>
/// <param name="Stored">Null: fenced.</param>
internal sealed record Resolution(Arrival? Stored);

/// <summary>Asks Tasker what became of a key; an answer that is not wholly right is none, and nothing is ever repeated.</summary>
internal sealed class OperationResolver(Uri tasker, Secret internalToken, DerivedKey keys, TimeSpan patience) : IDisposable
{
    /// <summary>How long a retry may wait for the word on what it repeats.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private const string Prefix = "api/internal/nodedc/agent/v1/operations/";

    // The stored answer, and a little around it.
    private const int LargestAnswerBytes = Arrival.MaxBytes + 1024;

    private readonly HttpClient _http = OutboundHttp.Create(tasker, patience, LargestAnswerBytes);

    /// <exception cref="NotResolvedException">Nobody knows; asking again later is all there is to do.</exception>
    public async Task<Resolution> ResolveAsync(Doubt doubt, CancellationToken cancel)
    {
        var key = keys.At(doubt.TaskerKey, doubt.Generation);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{Prefix}{Uri.EscapeDataString(key)}/resolve");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", internalToken.Reveal());
        request.Headers.Add("X-NodeDC-Agent-Id", doubt.Agent.Id);
        request.Headers.Add("X-Request-Id", Guid.CreateVersion7().ToString("D"));
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancel);
            return answer.StatusCode == HttpStatusCode.OK
                ? Read(await answer.Content.ReadAsByteArrayAsync(cancel))
                : throw new NotResolvedException($"status {(int)answer.StatusCode}");
        }
        catch (HttpRequestException lost)
        {
            throw new NotResolvedException(lost.HttpRequestError.ToString());
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new NotResolvedException("no answer in time");
        }
    }

    public void Dispose() => _http.Dispose();

    private static Resolution Read(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 33 });
            var root = document.RootElement;
            var state = root.GetProperty("state").GetString();
            if (state == "fenced")
            {
                return new Resolution((Arrival?)null);
            }

            if (state != "done")
            {
                throw new NotResolvedException("an answer of another shape");
            }

            var status = root.GetProperty("status").GetInt32();
            return new Resolution(new Arrival
            {
                Status = status,
                MediaType = status < 400 ? "application/json" : "application/problem+json",
                Body = Encoding.UTF8.GetBytes(root.GetProperty("body").GetRawText()),
                Fault = null,
            });
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new NotResolvedException("an answer of another shape");
        }
    }
}

/// <summary>Tasker did not say what became of a key; the message is for the log.</summary>
internal sealed class NotResolvedException(string message) : Exception(message);
