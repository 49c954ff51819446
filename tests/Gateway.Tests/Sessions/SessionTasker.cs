using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Tests.Flow;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AgentGateway.Gateway.Tests.Sessions;

/// <summary>What becomes of a report on its way.</summary>
internal enum Fate
{
    Kept,

    /// <summary>Nobody answers, and nothing is done.</summary>
    Unreachable,

    /// <summary>It is done, and the answer is lost.</summary>
    AnswerLost,

    /// <summary>A person has removed the card.</summary>
    CardGone,

    /// <summary>Tasker knows of another agent's live session.</summary>
    Conflict,
}

/// <summary>A Tasker with nothing but session comments: one for each session id, brought up to date by each report.</summary>
internal sealed class SessionTasker : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, JsonObject> _answers = new();

    private SessionTasker()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPut("/api/internal/nodedc/agent/v1/cards/{card}/work-sessions/{session}", PutAsync);
        _app.MapPost("/api/internal/nodedc/agent/v1/operations/{key}/resolve", (string key) => Json(200,
            _answers.TryGetValue(key, out var stored)
                ? new JsonObject { ["state"] = "done", ["status"] = 200, ["body"] = stored.DeepClone() }
                : new JsonObject { ["state"] = "fenced" }));
        _app.MapFallback(() => Json(200, new JsonObject
        {
            ["project_id"] = FlowWorld.Ndc.ToString(),
            ["card"] = "NDC-1",
            ["rev"] = "r2",
            ["changed"] = new JsonArray("state"),
            ["before"] = new JsonObject { ["state"] = "Todo" },
            ["after"] = new JsonObject { ["state"] = "Doing" },
            ["comment"] = new JsonObject { ["id"] = Guid.CreateVersion7().ToString(), ["project_id"] = FlowWorld.Ndc.ToString() },
            ["content_rev"] = "c2",
        }));
    }

    public Uri Address => new(_app.Urls.First());

    public Fate Fate { get; set; }

    /// <summary>What happens when a report is done and before it is answered.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    /// <summary>The comments by session, each as the last report left it.</summary>
    public ConcurrentDictionary<string, JsonObject> Comments { get; } = new();

    /// <summary>Every report that arrived, done or not.</summary>
    public ConcurrentQueue<(string Card, string Session, JsonObject Body)> Reports { get; } = new();

    public static async Task<SessionTasker> StartAsync()
    {
        var tasker = new SessionTasker();
        await tasker._app.StartAsync();
        return tasker;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IResult> PutAsync(string card, string session, HttpContext http)
    {
        var body = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body))!;
        Reports.Enqueue((card, session, (JsonObject)body.DeepClone()));
        switch (Fate)
        {
            case Fate.Unreachable:
                return Problem(429, "rate_limited");
            case Fate.CardGone:
                return Problem(404, "card_not_found");
            case Fate.Conflict:
                return Problem(409, "session_conflict");
        }

        var isNew = !Comments.ContainsKey(session);
        Comments[session] = body;
        var project = http.Request.Headers["X-NodeDC-Project"].ToString();
        var answer = new JsonObject
        {
            ["project_id"] = project,
            ["session"] = new JsonObject
            {
                ["id"] = session,
                ["project_id"] = project,
                ["status"] = body["status"]!.DeepClone(),
                ["started_at"] = "2026-01-01T00:00:00Z",
                ["comment_id"] = Guid.CreateVersion7().ToString(),
            },
            ["receipt"] = new JsonObject
            {
                ["project_id"] = project,
                ["card"] = card,
                ["changed"] = new JsonArray(),
                ["rev"] = "r2",
                ["content_rev"] = "c2",
                ["progress"] = new JsonObject { ["checked"] = 1, ["total"] = 3 },
                ["state"] = new JsonObject { ["name"] = "In Progress", ["group"] = "started" },
            },
        };
        _answers[http.Request.Headers["Idempotency-Key"].ToString()] = answer;
        if (BeforeAnswer is { } wait)
        {
            await wait();
        }

        if (Fate == Fate.AnswerLost)
        {
            http.Abort();
        }

        return Json(isNew ? 201 : 200, answer);
    }

    private static IResult Json(int status, JsonObject body) => Results.Text(body.ToJsonString(), "application/json", statusCode: status);

    private static IResult Problem(int status, string code) =>
        Results.Text($$"""{"code":"{{code}}"}""", "application/problem+json", statusCode: status);
}
