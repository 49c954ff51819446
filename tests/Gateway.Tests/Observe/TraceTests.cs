using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using AgentGateway.Gateway.Observe;
using AgentGateway.Gateway.Tests.Flow;

namespace AgentGateway.Gateway.Tests.Observe;

/// <summary>One span for the request and one for each stage, in a trace of our own.</summary>
[Collection(Alone.Name)]
public sealed class TraceTests : IDisposable
{
    private const string Callers = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;

    public TraceTests()
    {
        _ = Stages.Source;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Stages.Source.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _spans.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [Fact]
    public async Task A_call_has_a_span_for_each_stage_in_their_order()
    {
        await using var world = await FlowWorld.StartAsync();
        FlowAnswers.CreatesCard(world.Tasker);

        var request = await CallAsync(world, "create_card", """{"project":"NDC","title":"canary","idempotency_key":"key-0001"}""");

        var stages = _spans.Where(span => span.TraceId == request.TraceId && span != request).ToList();
        Assert.Equal(["Accept", "Authenticate", "Decide", "Admit", "Relay", "Settle"], stages.Select(span => span.DisplayName));
        Assert.All(stages, span => Assert.Equal(request.SpanId, span.ParentSpanId));
        Assert.True(stages.Zip(stages.Skip(1)).All(pair => pair.First.StartTimeUtc <= pair.Second.StartTimeUtc));
        Assert.Equal("POST /mcp", request.DisplayName);
        Assert.Equal("create_card", request.GetTagItem("agent_gateway.tool"));
        Assert.Equal(200, request.GetTagItem("http.response.status_code"));
        Assert.DoesNotContain(_spans.SelectMany(span => span.TagObjects), tag => $"{tag.Value}".Contains("canary", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_refused_call_ends_where_it_was_refused_and_says_why()
    {
        await using var world = await FlowWorld.StartAsync();

        var request = await CallAsync(world, "create_card", """{"project":"OPS","title":"x"}""");

        var stages = _spans.Where(span => span.TraceId == request.TraceId && span != request).Select(span => span.DisplayName);
        Assert.Equal(["Accept", "Authenticate", "Decide"], stages);
        Assert.Equal("scope_missing", request.GetTagItem("agent_gateway.reason"));
    }

    [Theory]
    [InlineData(Callers, true)]
    [InlineData("nonsense", false)]
    [InlineData(null, false)]
    public async Task A_callers_trace_is_linked_and_never_continued(string? callers, bool linked)
    {
        await using var world = await FlowWorld.StartAsync();

        var request = await CallAsync(world, "no_such_tool", "{}", callers);

        Assert.Equal(default, request.ParentSpanId);
        Assert.NotEqual("0af7651916cd43dd8448eb211c80319c", request.TraceId.ToHexString());
        Assert.Equal(linked ? ["0af7651916cd43dd8448eb211c80319c"] : [], request.Links.Select(link => link.Context.TraceId.ToHexString()));
    }

    [Fact]
    public async Task An_address_as_it_was_sent_is_in_no_span()
    {
        await using var world = await FlowWorld.StartAsync();

        using var response = await world.Client.GetAsync(new Uri("/mcp/canary?token=canary", UriKind.Relative));

        Assert.Contains(_spans, span => span.GetTagItem("http.response.status_code") is 404);
        Assert.DoesNotContain(_spans, span => span.DisplayName.Contains("canary", StringComparison.Ordinal)
            || span.TagObjects.Any(tag => $"{tag.Value}".Contains("canary", StringComparison.Ordinal)));
    }

    public void Dispose() => _listener.Dispose();

    private async Task<Activity> CallAsync(FlowWorld world, string tool, string arguments, string? callers = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp")
        {
            Content = new StringContent(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{tool}}}","arguments":{{{arguments}}}}}""",
                Encoding.UTF8,
                "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        if (callers is not null)
        {
            request.Headers.TryAddWithoutValidation("traceparent", callers);
        }

        using var response = await world.Client.SendAsync(request);
        var id = response.Headers.GetValues("X-Request-Id").Single();
        // The answer may arrive before the span has ended.
        await AgentGateway.Support.Eventually.TrueAsync(() => Task.FromResult(_spans.Any(IsIt)));
        return _spans.Single(IsIt);

        bool IsIt(Activity span) => (string?)span.GetTagItem("agent_gateway.request_id") == id;
    }
}
