using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Launcher.Tests.Support;

/// <summary>A push as it arrived at the gateway's door.</summary>
public sealed record Received(
    string Client, string User, long Version, bool Enabled, bool Blocked, string Reason, string Actor, string? Authorization);

/// <summary>The gateway's side of the contract on a real socket: records every push, and fails as it is told.</summary>
public sealed class FakeGateway : IAsyncDisposable
{
    private WebApplication? _app;
    private int _running;

    public ConcurrentQueue<Received> Pushes { get; } = new();

    public ConcurrentQueue<JsonElement> Batches { get; } = new();

    /// <summary>The status of the answer to a push; by default every push is taken.</summary>
    public Func<Received, int> Answer { get; set; } = _ => StatusCodes.Status200OK;

    public Func<Received, string> Body { get; set; } = _ => """{"applied":true}""";

    /// <summary>Awaited before an answer is given.</summary>
    public Func<Received, Task> Before { get; set; } = _ => Task.CompletedTask;

    public int MostAtOnce { get; private set; }

    public Uri Address { get; private set; } = new("http://127.0.0.1:1");

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(Address.Port == 1 ? "http://127.0.0.1:0" : Address.AbsoluteUri);
        _app = builder.Build();
        _app.MapPut("/api/internal/v1/entitlements/{client}/{user}/codex_agents", PushAsync);
        _app.MapPost("/api/internal/v1/entitlements:batch", async (HttpContext http) =>
        {
            using var body = await JsonDocument.ParseAsync(http.Request.Body);
            Batches.Enqueue(body.RootElement.Clone());
            return Results.Text("{}", "application/json");
        });
        await _app.StartAsync();
        Address = new Uri(_app.Urls.First());
    }

    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            _app = null;
            await app.DisposeAsync();
        }
    }

    public long[] Versions(Guid user, string client = World.Client) => [.. Pushes
        .Where(push => push.User == user.ToString("D") && push.Client == client).Select(push => push.Version)];

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<IResult> PushAsync(HttpContext http, string client, string user)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        var root = body.RootElement;
        Assert.True(root.GetProperty("occurred_at").TryGetDateTimeOffset(out _));
        var push = new Received(
            client, user, root.GetProperty("version").GetInt64(), root.GetProperty("enabled").GetBoolean(),
            root.GetProperty("blocked").GetBoolean(), root.GetProperty("reason").GetString()!, root.GetProperty("actor").GetString()!,
            http.Request.Headers.Authorization.ToString());
        MostAtOnce = Math.Max(MostAtOnce, Interlocked.Increment(ref _running));
        Pushes.Enqueue(push);
        await Before(push);
        Interlocked.Decrement(ref _running);
        var status = Answer(push);
        return Results.Text(Body(push), "application/json", statusCode: status);
    }
}
