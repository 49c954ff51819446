using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Security.Tests.Rig;

/// <summary>A request as it arrived at Tasker.</summary>
/// <param name="At">Timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record Arrival(long At, string Agent, string Tool, string? Key);

/// <summary>Tasker's side on a real socket, fast, with an answer for the tools of the load; records whatever arrives.</summary>
internal sealed class FakeTasker : IAsyncDisposable
{
    public const string Workspace = "nodedc";
    public const string Project = "0198a000-0000-7000-8000-000000000001";
    public const string Card = "NDC-12";

    private const string Prefix = "/api/internal/nodedc/agent/v1";

    private const string CardAnswer =
        $$"""
        {"id":"0198a000-0000-7000-8000-0000000000a1","project_id":"{{Project}}","key":"{{Card}}","sequence":12,"project":"NDC",
        "title":"A card","priority":"high","state":{"name":"In Progress","group":"started"},"assignees":[],"labels":[],
        "parent":null,"start_date":null,"due_date":null,"estimate":null,"created_at":"2026-01-02T09:00:00Z",
        "updated_at":"2026-01-06T15:04:05Z","created_by":{"kind":"user","name":"Ada"},"links":[],
        "progress":{"checked":0,"total":0},"comment_count":0,"work_session":null,"rev":"r7","content_rev":"c3",
        "url":"https://tasker.example/NDC-12","content_markdown":"text","content_truncated":false,"comments":[]}
        """;

    private const string CommentAnswer =
        $$"""
        {"project_id":"{{Project}}","card":"{{Card}}","deduplicated":false,"url":"https://tasker.example/NDC-12","warnings":[],
        "comment":{"id":"0198a000-0000-7000-8000-0000000000c1","project_id":"{{Project}}","body_markdown":"b",
        "author":{"kind":"agent","name":"a"},"created_at":"2026-01-06T15:04:05Z","edited_at":null,"reply_to":null}
        }
        """;

    private const string ProjectAnswer =
        $$"""{"id":"{{Project}}","project_id":"{{Project}}","key":"NDC","name":"Node","former_keys":[],"agent_max_scopes":[]}""";

    // Some answers take longer, so that there is always something on its way.
    private static readonly int[] DelaysMs = [0, 2, 0, 5, 0, 9];

    private readonly WebApplication _app;
    private int _count;

    private FakeTasker(WebApplication app) => _app = app;

    public ConcurrentQueue<Arrival> Arrivals { get; } = new();

    public Uri Address => new(_app.Urls.First());

    public static async Task<FakeTasker> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var tasker = new FakeTasker(builder.Build());
        tasker._app.Run(tasker.AnswerAsync);
        await tasker._app.StartAsync();
        return tasker;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var at = Stopwatch.GetTimestamp();
        var headers = http.Request.Headers;
        Arrivals.Enqueue(new Arrival(at, $"{headers["X-NodeDC-Agent-Id"]}", $"{headers["X-NodeDC-Tool"]}", headers["Idempotency-Key"]));
        var (status, answer) = http.Request.Path.Value switch
        {
            $"{Prefix}/cards/{Card}" => (200, CardAnswer),
            $"{Prefix}/cards/{Card}/comments" => (201, CommentAnswer),
            $"{Prefix}/workspaces/{Workspace}/projects/resolve" => (200, ProjectAnswer),
            _ => (200, "{}"),
        };
        await Task.Delay(DelaysMs[Interlocked.Increment(ref _count) % DelaysMs.Length]);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer);
    }
}
