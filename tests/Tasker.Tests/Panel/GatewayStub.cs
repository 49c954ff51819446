using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Tasker.Tests.Panel;

/// <summary>The gateway's reports with answers that a test chooses, on a real socket.</summary>
internal sealed class GatewayStub : IAsyncDisposable
{
    public const string Token = "reporting-token-0123456789abcdef0123";

    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly WebApplication _app;
    private CancellationTokenSource _streams = new();

    private GatewayStub()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/api/internal/v1/reporting/agents", AgentsAsync);
        _app.MapGet("/api/internal/v1/reporting/stream", StreamAsync);
    }

    public ConcurrentQueue<string> Asked { get; } = new();

    public int Streams { get; private set; }

    public string Answer { get; set; } = Agents("[]");

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<GatewayStub> StartAsync()
    {
        var stub = new GatewayStub();
        await stub._app.StartAsync();
        return stub;
    }

    public static string Agents(string agents, string cursor = "null") =>
        $$"""
        {"as_of":"2026-05-04T10:00:00Z","counts":{"connected":3,"idle":2,"stale":1,"never":4},"agents":{{agents}},"next_cursor":{{cursor}}}
        """;

    public void Tell(string line) => _events.Writer.TryWrite(line);

    /// <summary>Ends every stream as a restart would.</summary>
    public void Drop() => Interlocked.Exchange(ref _streams, new CancellationTokenSource()).Cancel();

    public async ValueTask DisposeAsync()
    {
        Drop();
        await _app.DisposeAsync();
    }

    private async Task AgentsAsync(HttpContext http)
    {
        Asked.Enqueue(http.Request.QueryString.Value ?? "");
        if (http.Request.Headers.Authorization != $"Bearer {Token}")
        {
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(Answer);
    }

    private async Task StreamAsync(HttpContext http)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _streams.Token);
        Streams++;
        http.Response.ContentType = "text/event-stream";
        await http.Response.WriteAsync(": hello\n\n");
        await http.Response.Body.FlushAsync();
        try
        {
            await foreach (var line in _events.Reader.ReadAllAsync(end.Token))
            {
                await http.Response.WriteAsync($"event: change\ndata: {line}\n\n", end.Token);
                await http.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            http.Abort();
        }
    }
}
