using System.Net;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.EndToEnd.Tests.Conformance;

/// <summary>Lends the suite, which cannot send Authorization, the token of an agent; all else passes unchanged.</summary>
internal sealed class ConformanceProxy(Uri gateway, string token) : IAsyncDisposable
{
    // Names of the connection between two neighbours; each side makes its own.
    private static readonly HashSet<string> Own = new(StringComparer.OrdinalIgnoreCase)
    {
        "Host", "Connection", "Keep-Alive", "Transfer-Encoding", "Upgrade", "Authorization", "Expect",
    };

    private readonly HttpClient _upstream = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        AutomaticDecompression = DecompressionMethods.None,
    });

    private WebApplication? _app;
    private Uri? _self;

    public Uri Url => new(_self ?? throw new InvalidOperationException("The proxy has not been started."), gateway.AbsolutePath);

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(PassAsync);
        await _app.StartAsync();
        _self = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }

        _upstream.Dispose();
    }

    private async Task PassAsync(HttpContext http)
    {
        using var request = new HttpRequestMessage(
            new HttpMethod(http.Request.Method), new Uri(gateway, http.Request.GetEncodedPathAndQuery()));
        if (http.Request.ContentLength is not null || http.Request.Headers.TransferEncoding.Count > 0)
        {
            request.Content = new StreamContent(http.Request.Body);
        }

        foreach (var (name, values) in http.Request.Headers.Where(header => !Own.Contains(header.Key)))
        {
            if (!request.Headers.TryAddWithoutValidation(name, values.Select(Aimed)))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, values.AsEnumerable());
            }
        }

        request.Headers.Host = Aimed(http.Request.Host.Value);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await _upstream.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, http.RequestAborted);
        await AnswerAsync(http.Response, response, http.RequestAborted);
    }

    // A Host or Origin that names this proxy is meant for the gateway. Any other, such as the foreign names of the
    // rebinding scenario, arrives as it was sent, so that the gateway itself has to refuse it.
    private string? Aimed(string? value) => value == Url.Authority
        ? gateway.Authority
        : value == Url.GetLeftPart(UriPartial.Authority) ? gateway.GetLeftPart(UriPartial.Authority) : value;

    private static async Task AnswerAsync(HttpResponse answer, HttpResponseMessage response, CancellationToken cancel)
    {
        answer.StatusCode = (int)response.StatusCode;
        var headers = response.Headers.Concat(response.Content.Headers);
        foreach (var (name, values) in headers.Where(header => !Own.Contains(header.Key)))
        {
            answer.Headers[name] = values.ToArray();
        }

        await answer.StartAsync(cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        await body.CopyToAsync(answer.Body, cancel);
    }
}
