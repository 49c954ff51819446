using System.Net;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Rest;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Limits;

/// <summary>What one address may ask before anybody looks at it; every refusal is counted, however many there are.</summary>
public sealed class SourceLimitTests
{
    [Fact]
    public async Task Of_thousands_of_bad_tokens_each_is_in_the_audit_once()
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("SOURCE_RATE", "50/100")));
        const int Requests = 3_000;

        var statuses = new int[Requests];
        await Parallel.ForAsync(0, Requests, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (index, _) =>
            statuses[index] = (await world.AskAsync(
                index % 2 == 0 ? "GET" : "POST", index % 2 == 0 ? "/api/v1/tools" : "/mcp",
                index % 2 == 0 ? null : """{"jsonrpc":"2.0","id":1,"method":"ping"}"""u8.ToArray(),
                ("Authorization", "Bearer ndca1_guess"))).Status);

        Assert.All(statuses, status => Assert.Contains(status, (int[])[401, 429]));
        Assert.True(statuses.Count(status => status == 401) >= 100);
        Assert.True(statuses.Count(status => status == 429) > Requests / 2);
        await Eventually.TrueAsync(async () => await CountAsync(world, "TRUE") == Requests);
        Assert.Equal(statuses.Count(status => status == 401), await CountAsync(world, "reason = 'unauthenticated'"));
        Assert.Equal(statuses.Count(status => status == 429), await CountAsync(world, "reason = 'rate_limited'"));
        // Bounded: the flood did not write a row for each.
        Assert.True(await world.Ledger.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE kind = 'refused'") < Requests / 4);
    }

    [Theory]
    [InlineData("/mcp", "POST")]
    [InlineData("/api/v1/tools/whoami", "POST")]
    [InlineData("/api/v1/tools", "GET")]
    [InlineData("/nowhere", "GET")]
    public async Task Above_the_rate_the_answer_says_how_long_to_wait_and_probes_go_on(string path, string method)
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("SOURCE_RATE", "1/2")));
        var body = method == "GET" ? null : """{"jsonrpc":"2.0","id":1,"method":"ping"}"""u8.ToArray();

        await world.AskAsync(method, path, body);
        await world.AskAsync(method, path, body);
        var third = await world.AskAsync(method, path, body);

        Assert.Equal((429, "rate_limited"), (third.Status, third.Code));
        Assert.True(third.RetryAfter >= TimeSpan.FromSeconds(1));
        Assert.Equal((int)third.RetryAfter!.Value.TotalSeconds, (int)third.Json["retry_after"]!);
        for (var i = 0; i < 20; i++)
        {
            using var probe = await world.Client.GetAsync("/healthz");
            Assert.Equal(HttpStatusCode.OK, probe.StatusCode);
        }
    }

    [Fact]
    public async Task Waiting_brings_the_next_request_back()
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("SOURCE_RATE", "1/1")));
        await world.AskAsync("GET", "/api/v1/tools");

        var crowded = await world.AskAsync("GET", "/api/v1/tools");

        Assert.Equal(429, crowded.Status);
        await Eventually.TrueAsync(async () => (await world.AskAsync("GET", "/api/v1/tools")).Status == 200);
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_each_caller_has_a_rate_of_its_own_and_an_ipv6_network_one_together()
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("SOURCE_RATE", "1/1"), ("TRUSTED_PROXIES", "127.0.0.1")));
        Task<RestAnswer> FromAsync(string address) => world.AskAsync("GET", "/api/v1/tools", null, ("X-Forwarded-For", address));

        var statuses = new List<int>();
        foreach (var address in (string[])[
            "10.0.0.1", "10.0.0.2", "6.6.6.6, 10.0.0.1", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1", "::ffff:10.0.0.2"])
        {
            statuses.Add((await FromAsync(address)).Status);
        }

        Assert.Equal([200, 200, 429, 200, 429, 200, 429], statuses);
        await Eventually.TrueAsync(async () => await CountAsync(world, "reason = 'rate_limited'") == 3);
        Assert.Equal(1, await CountAsync(world, "reason = 'rate_limited' AND remote_address = '10.0.0.1'"));
    }

    [Fact]
    public async Task Zero_switches_it_off()
    {
        await using var world = await FlowWorld.StartAsync(more: FlowWorld.Set(("SOURCE_RATE", "0")));

        for (var i = 0; i < 450; i++)
        {
            Assert.Equal(404, (await world.AskAsync("GET", "/nowhere")).Status);
        }
    }

    private static Task<long> CountAsync(FlowWorld world, string condition) => world.Ledger.ValueAsync<long>(
        $"SELECT coalesce(sum(count), 0)::bigint FROM audit_events WHERE kind = 'refused' AND {condition}");
}
