using AgentGateway.Gateway.Tests.Flow;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Gateway.Tests.Limits;

/// <summary>A Tasker that holds each list of comments back until it is told to answer.</summary>
internal sealed class SlowTasker : IAsyncDisposable
{
    private readonly TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WebApplication _app;

    private SlowTasker()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    public Uri Address => new(_app.Urls.First());

    /// <summary>Done when the first request is here.</summary>
    public Task Arrived => _arrived.Task.WaitAsync(TimeSpan.FromSeconds(10));

    public void Release() => _released.TrySetResult();

    public static async Task<SlowTasker> StartAsync()
    {
        var tasker = new SlowTasker();
        await tasker._app.StartAsync();
        return tasker;
    }

    public ValueTask DisposeAsync()
    {
        Release();
        return _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        _arrived.TrySetResult();
        await _released.Task.WaitAsync(TimeSpan.FromSeconds(20));
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(
            $$"""{"project_id":"{{FlowWorld.Ndc}}","card":"NDC-1","comments":[],"total":0,"next_cursor":null}""");
    }
}
