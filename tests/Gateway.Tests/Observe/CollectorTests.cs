using System.Collections.Concurrent;
using System.Text;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace AgentGateway.Gateway.Tests.Observe;

/// <summary>Metrics and spans reach a collector by OTLP over HTTP, without anything of a caller's in them.</summary>
[Collection(Alone.Name)]
public sealed class CollectorTests
{
    [Fact]
    public async Task Both_are_sent_to_the_collector_and_hold_no_secret()
    {
        var bodies = new ConcurrentDictionary<string, string>();
        await using var collector = await StartAsync(bodies);
        await using var world = await FlowWorld.StartAsync(
            more: new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Urls.First() });
        FlowAnswers.CreatesCard(world.Tasker);

        await world.ResultAsync("create_card", """{"project":"NDC","title":"canary-title","idempotency_key":"canary-key-1"}""");
        await Eventually.TrueAsync(() =>
        {
            world.Services.GetRequiredService<MeterProvider>().ForceFlush();
            world.Services.GetRequiredService<TracerProvider>().ForceFlush();
            return Task.FromResult(bodies.Count == 2 && bodies["/v1/traces"].Contains("Settle", StringComparison.Ordinal));
        });

        Assert.Equal(["/v1/metrics", "/v1/traces"], bodies.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("agent_gateway.calls", bodies["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("POST /mcp", bodies["/v1/traces"], StringComparison.Ordinal);
        Assert.All(bodies.Values, body =>
        {
            Assert.DoesNotContain("canary", body, StringComparison.Ordinal);
            Assert.DoesNotContain(world.Token[..12], body, StringComparison.Ordinal);
            Assert.DoesNotContain(FlowWorld.InternalToken, body, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task A_collector_that_is_away_costs_no_call()
    {
        await using var world = await FlowWorld.StartAsync(
            more: new Dictionary<string, string> { ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:1" });
        FlowAnswers.CreatesCard(world.Tasker);

        var result = await world.ResultAsync("create_card", """{"project":"NDC","title":"x"}""");

        Assert.Equal("NDC-1", (string)result["card"]!);
    }

    private static async Task<WebApplication> StartAsync(ConcurrentDictionary<string, string> bodies)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapPost("/v1/{kind}", async (HttpContext http, string kind) =>
        {
            using var buffer = new MemoryStream();
            await http.Request.Body.CopyToAsync(buffer);
            var text = Encoding.Latin1.GetString(buffer.ToArray());
            bodies.AddOrUpdate($"/v1/{kind}", text, (_, before) => before + text);
            return Results.Bytes([], "application/x-protobuf");
        });
        await app.StartAsync();
        return app;
    }
}
