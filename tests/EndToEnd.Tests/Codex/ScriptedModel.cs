using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AgentGateway.EndToEnd.Tests.Codex;

/// <summary>Says what a script says, over the streaming Responses API, and keeps all that Codex told it.</summary>
internal sealed class ScriptedModel(CodexScript script, ToolMode mode, string server) : IAsyncDisposable
{
    private readonly ModelTurn _model = new(mode, server);
    private readonly List<JsonObject> _requests = [];
    private readonly List<(string Call, ToolAnswer? Answer)> _played = [];
    private readonly Lock _turn = new();
    private WebApplication? _app;

    public string BaseUrl { get; private set; } = "";

    /// <summary>The first fault of the script itself, which the conversation cannot show.</summary>
    public Exception? Failure { get; private set; }

    public IReadOnlyList<JsonObject> Requests => _requests;

    public int Unplayed => script.Steps.Count - _played.Count;

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        _app = builder.Build();
        _app.MapPost("/v1/responses", RespondAsync);
        await _app.StartAsync();
        BaseUrl = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/v1";
    }

    /// <summary>Holds each step's expectation against the answer that the model got.</summary>
    public void Verify()
    {
        Assert.Null(Failure);
        Assert.True(Unplayed == 0, $"{Unplayed} steps of the script were not played.");
        foreach (var (step, played) in script.Steps.Zip(_played).Where(pair => pair.First.Expect is not null))
        {
            var answer = played.Answer ?? Answer(played.Call);
            Assert.True(answer is not null, $"The model never got an answer to {step.Tool ?? step.LookFor}.");
            step.Expect!(answer!);
        }
    }

    /// <summary>The whole conversation, for the log of a failed test.</summary>
    public string Transcript() => string.Join('\n', script.Steps.Zip(_played).Select(pair =>
        $"{pair.First.Tool ?? pair.First.LookFor ?? pair.First.Say} -> {pair.Second.Answer ?? Answer(pair.Second.Call)}"));

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    private async Task RespondAsync(HttpContext http)
    {
        var request = (JsonObject)(await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))!;
        JsonObject item;
        string response;
        lock (_turn)
        {
            _requests.Add(request);
            response = string.Create(CultureInfo.InvariantCulture, $"resp_{_requests.Count}");
            item = NextItem(request);
        }

        http.Response.ContentType = "text/event-stream";
        await SendAsync(http, "response.created", new JsonObject { ["response"] = new JsonObject { ["id"] = response } });
        await SendAsync(http, "response.output_item.added", new JsonObject { ["output_index"] = 0, ["item"] = item.DeepClone() });
        await SendAsync(http, "response.output_item.done", new JsonObject { ["output_index"] = 0, ["item"] = item });
        await SendAsync(http, "response.completed", new JsonObject { ["response"] = Completed(response) });
    }

    private JsonObject NextItem(JsonObject request)
    {
        try
        {
            while (_played.Count < script.Steps.Count)
            {
                var step = script.Steps[_played.Count];
                var call = string.Create(CultureInfo.InvariantCulture, $"call_{_played.Count + 1}");
                var item = _model.Item(step, call, AnswersSoFar(), request);
                _played.Add((call, item is null ? ToolAnswer.OfNames(_model.OfferedTools(request)) : null));
                if (item is not null)
                {
                    return item;
                }
            }

            return ModelTurn.Message("end", "(the script has ended)");
        }
        catch (Exception failure)
        {
            Failure ??= failure;
            return ModelTurn.Message("fault", "The script failed: " + failure.Message);
        }
    }

    private List<ToolAnswer> AnswersSoFar() => [.. _played.Select(turn => turn.Answer ?? Answer(turn.Call)
        ?? throw new InvalidOperationException($"Codex went on without an answer to {turn.Call}."))];

    private ToolAnswer? Answer(string call) => _requests.AsEnumerable().Reverse()
        .Select(request => ToolAnswer.To(call, request))
        .FirstOrDefault(answer => answer is not null);

    private static JsonObject Completed(string id) => new()
    {
        ["id"] = id,
        ["usage"] = new JsonObject
        {
            ["input_tokens"] = 10,
            ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 },
            ["output_tokens"] = 5,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 },
            ["total_tokens"] = 15,
        },
    };

    private static Task SendAsync(HttpContext http, string type, JsonObject data)
    {
        data["type"] = type;
        return http.Response.WriteAsync($"event: {type}\ndata: {data.ToJsonString()}\n\n", http.RequestAborted);
    }
}
