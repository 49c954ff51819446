using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using AgentGateway.Gateway.Observe;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Owners;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AgentGateway.Gateway.Tests.Observe;

/// <summary>What happened can be scraped, behind a listener that no agent reaches, in words of closed lists.</summary>
[Collection(Alone.Name)]
public sealed partial class MeasureTests
{
    [Fact]
    public async Task Calls_refusals_and_times_are_counted()
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("INTERNAL_URLS", "http://127.0.0.1:0")));
        FlowAnswers.CreatesCard(world.Tasker);
        var before = await ScrapeAsync(world);

        await world.ResultAsync("create_card", """{"project":"NDC","title":"x","idempotency_key":"key-0001"}""");
        await world.ResultAsync("create_card", """{"project":"NDC","title":"x","idempotency_key":"key-0001"}""");
        await world.ResultAsync("create_card", """{"project":"OPS","title":"x"}""");
        await world.CallAsync("no_such_tool_of_anybody", "{}");
        await world.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", "ndca1_nonsense");
        var after = await ScrapeAsync(world);

        Assert.Equal(1, Grown("agent_gateway_calls_total", "outcome=\"succeeded\""));
        Assert.Equal(1, Grown("agent_gateway_calls_total", "outcome=\"replayed\""));
        Assert.Equal(1, Grown("agent_gateway_denials_total", "reason=\"scope_missing\""));
        Assert.Equal(1, Grown("agent_gateway_denials_total", "reason=\"unknown_tool\""));
        Assert.Equal(1, Grown("agent_gateway_denials_total", "reason=\"unauthenticated\""));
        Assert.Equal(1, Grown("agent_gateway_admission_seconds_count", "result=\"admitted\""));
        Assert.Equal(1, Grown("agent_gateway_admission_seconds_count", "result=\"replay\""));
        Assert.Equal(1, Grown("agent_gateway_relay_seconds_count", "tool=\"create_card\""));
        Assert.Equal(1, Grown("agent_gateway_settlement_seconds_count"));
        Assert.True(Grown("agent_gateway_flush_seconds_count", "result=\"written\"") >= 3);
        Assert.True(Grown("agent_gateway_flush_size_sum") >= 3);
        Assert.Contains("agent_gateway_queue_depth", after, StringComparison.Ordinal);
        Assert.Contains("agent_gateway_in_doubt", after, StringComparison.Ordinal);

        double Grown(string metric, string label = "") => Value(after, metric, label) - Value(before, metric, label);
    }

    [Fact]
    public async Task Nothing_of_a_caller_is_in_the_metrics()
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("INTERNAL_URLS", "http://127.0.0.1:0")));
        FlowAnswers.CreatesCard(world.Tasker);

        await world.ResultAsync("create_card", """{"project":"NDC","title":"canary-title","idempotency_key":"canary-key-1"}""");
        await world.CallAsync("canary_tool", """{"a":"canary-argument"}""");
        await world.PostAsync("""{"jsonrpc":"2.0","id":"canary-id","method":"tools/list"}""", "canary-token");
        var text = await ScrapeAsync(world);

        Assert.DoesNotContain("canary", text, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(world.Token[..12], text, StringComparison.Ordinal);
        Assert.DoesNotContain("u-anna", text, StringComparison.Ordinal);
        var labels = OwnLine().Matches(text).SelectMany(line => Label().Matches(line.Value).Select(label => label.Groups[1].Value)).Distinct();
        Assert.Empty(labels.Except(MeasureTable.All.SelectMany(measure => measure.Labels))
            .Except(["le", "otel_scope_name", "otel_scope_version"]));
    }

    [Fact]
    public async Task The_metrics_are_on_no_listener_that_agents_reach()
    {
        await using var shared = await FlowWorld.StartAsync();
        await using var apart = await OwnersWorld.StartAsync();

        Assert.Equal(404, await StatusAsync(shared.Client));
        Assert.Equal(404, await StatusAsync(apart.Agents));
        Assert.Equal(200, await StatusAsync(apart.Backends));
        Assert.Equal(405, await StatusAsync(apart.Backends, HttpMethod.Post));

        static async Task<int> StatusAsync(HttpClient client, HttpMethod? method = null)
        {
            using var request = new HttpRequestMessage(method ?? HttpMethod.Get, "/metrics");
            using var response = await client.SendAsync(request);
            return (int)response.StatusCode;
        }
    }

    [Fact]
    public void Without_a_listener_nothing_is_allocated()
    {
        var admitted = new AgentGateway.Gateway.Ledger.Admission.InProgress();
        var http = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        Measure();

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 1000; round++)
        {
            Measure();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Measure()
        {
            Measures.Called("create_card", AgentGateway.Gateway.Ledger.OutcomeKind.Succeeded, replayed: false);
            Measures.Denied("unauthenticated");
            Measures.Admitted(TimeSpan.FromMilliseconds(1), admitted);
            Measures.Relayed("create_card", TimeSpan.FromMilliseconds(1));
            Measures.Settled(TimeSpan.FromMilliseconds(1));
            Measures.Flushed(3, TimeSpan.FromMilliseconds(1), written: true);
            Stages.Enter(http, Stages.Admit);
            Stages.Tag(http, "agent_gateway.tool", "create_card");
            Stages.Leave(http);
        }
    }

    private static async Task<string> ScrapeAsync(FlowWorld world)
    {
        var address = world.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Last();
        using var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("text/plain"));
        // A scrape is kept for a moment; what it then says is as old.
        await Task.Delay(400);
        return await client.GetStringAsync("/metrics");
    }

    private static double Value(string text, string metric, string label) => text.Split('\n')
        .Where(line => Regex.IsMatch(line, $"^{metric}(\\{{| )") && line.Contains(label, StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf('}') + 1)..].Trim().Split(' ')[0], CultureInfo.InvariantCulture));

    [GeneratedRegex("^agent_gateway_.*$", RegexOptions.Multiline)]
    private static partial Regex OwnLine();

    [GeneratedRegex("[{,](\\w+)=\"")]
    private static partial Regex Label();
}

/// <summary>What is counted is the process's: no other test runs beside these.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "Alone";
}
