using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Gateway.Tests.Reconcile;

/// <summary>What the network does to a request on its way to Tasker.</summary>
internal enum Loss
{
    Nothing,

    /// <summary>The connection breaks before Tasker gets it.</summary>
    Request,

    /// <summary>Tasker does it, and the answer is lost.</summary>
    Answer,

    /// <summary>The connection breaks, and Tasker gets it when it is let go, however late.</summary>
    Held,
}

/// <summary>A network between gateway and Tasker that loses or delays what it is told to.</summary>
internal sealed class LossyNetwork : IAsyncDisposable
{
    private readonly HttpClient _out;
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentQueue<Task<int>> _late = new();

    private LossyNetwork(Uri tasker)
    {
        _out = new HttpClient { BaseAddress = tasker };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(PassAsync);
    }

    public Uri Address => new(_app.Urls.First());

    public Loss Writes { get; set; }

    public Loss Resolves { get; set; }

    /// <summary>Keys of the writes that were sent, and how often outcomes were asked for.</summary>
    public ConcurrentQueue<string> Sent { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Runs once, when Tasker has answered a resolve and before the gateway gets the answer.</summary>
    public Func<Task>? BeforeNextResolution { get; set; }

    public static async Task<LossyNetwork> BeforeAsync(Uri tasker)
    {
        var network = new LossyNetwork(tasker);
        await network._app.StartAsync();
        return network;
    }

    /// <summary>Lets go of what was held; answers what Tasker said to each.</summary>
    public async Task<int[]> LetGoAsync()
    {
        _letGo.TrySetResult();
        return await Task.WhenAll(_late);
    }

    public async ValueTask DisposeAsync()
    {
        await LetGoAsync();
        await _app.DisposeAsync();
        _out.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        var key = http.Request.Headers["Idempotency-Key"].ToString();
        var isResolve = http.Request.Path.Value!.EndsWith("/resolve", StringComparison.Ordinal);
        var loss = isResolve ? Resolves : key.Length > 0 ? Writes : Loss.Nothing;
        if (isResolve)
        {
            Asked.Enqueue(http.Request.Path.Value.Split('/')[^2]);
        }
        else if (key.Length > 0)
        {
            Sent.Enqueue(key);
        }

        using var request = await CopyAsync(http.Request);
        if (loss == Loss.Held)
        {
            var late = await CopyAsync(http.Request, request);
            _late.Enqueue(Task.Run(async () =>
            {
                await _letGo.Task;
                using var answered = await _out.SendAsync(late);
                return (int)answered.StatusCode;
            }));
        }

        if (loss is Loss.Request or Loss.Held)
        {
            http.Abort();
            return;
        }

        using var answer = await _out.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (isResolve && BeforeNextResolution is { } first)
        {
            BeforeNextResolution = null;
            await first();
        }

        if (loss == Loss.Answer)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = (int)answer.StatusCode;
        http.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        await http.Response.Body.WriteAsync(body);
    }

    private static async Task<HttpRequestMessage> CopyAsync(HttpRequest from, HttpRequestMessage? read = null)
    {
        byte[] body;
        if (read is null)
        {
            using var buffer = new MemoryStream();
            await from.Body.CopyToAsync(buffer);
            body = buffer.ToArray();
        }
        else
        {
            body = read.Content is null ? [] : await read.Content.ReadAsByteArrayAsync();
        }

        var copy = new HttpRequestMessage(new HttpMethod(from.Method), from.Path + from.QueryString)
        {
            Content = body.Length == 0 ? null : new ByteArrayContent(body),
        };
        foreach (var (name, value) in from.Headers.Where(header => header.Key is not ("Host" or "Content-Length")))
        {
            if (!copy.Headers.TryAddWithoutValidation(name, value.ToString()))
            {
                copy.Content?.Headers.TryAddWithoutValidation(name, value.ToString());
            }
        }

        return copy;
    }
}
