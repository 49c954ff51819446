namespace AgentGateway.Gateway.Tests.Owners;

/// <summary>An owner slows an agent down or lets it go faster, within ten times of what any agent has.</summary>
public sealed class LimitTests
{
    private static readonly Dictionary<string, string> Rates = new()
    {
        ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "10/40",
        ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = "2/20",
    };

    [Fact]
    public async Task Limits_are_set_shown_and_taken_back_and_count_from_the_next_authority_on()
    {
        await using var world = await OwnersWorld.StartAsync(more: Rates);
        Assert.Null((double?)(await world.AskAsync("GET", world.Agent())).Json["agent"]!["limits"]!["call_rate"]);

        var set = await world.AskAsync(
            "PATCH", world.Agent(), """{"limits":{"call_rate":0.5,"call_burst":3,"write_rate":20,"write_burst":200}}""");
        var authority = await world.Ledger.AuthorityAsync();
        var kept = await world.AskAsync("PATCH", world.Agent(), """{"description":"other"}""");
        var back = await world.AskAsync("PATCH", world.Agent(), """{"limits":{"write_rate":1,"write_burst":1}}""");

        Assert.Equal(200, set.Status);
        Assert.Equal((0.5, 3.0), (authority.Limits.Calls!.Value.PerSecond, authority.Limits.Calls.Value.Burst));
        Assert.Equal((20.0, 200.0), (authority.Limits.Writes!.Value.PerSecond, authority.Limits.Writes.Value.Burst));
        Assert.Equal(0.5, (double)kept.Json["agent"]!["limits"]!["call_rate"]!);
        Assert.Null((double?)back.Json["agent"]!["limits"]!["call_burst"]);
        Assert.Equal(1, (double)back.Json["agent"]!["limits"]!["write_burst"]!);
        Assert.Equal("calls 0.5/3, writes 20/200", await world.Ledger.ValueAsync<string>(
            "SELECT cause FROM audit_events WHERE decision = 'agent_changed' ORDER BY sequence LIMIT 1"));
    }

    [Theory]
    [InlineData("""{"call_rate":0,"call_burst":1}""")]
    [InlineData("""{"call_rate":-1,"call_burst":1}""")]
    [InlineData("""{"call_rate":100.1,"call_burst":1}""")]
    [InlineData("""{"call_rate":1,"call_burst":401}""")]
    [InlineData("""{"call_rate":1,"call_burst":0}""")]
    [InlineData("""{"call_rate":1}""")]
    [InlineData("""{"write_burst":1}""")]
    [InlineData("""{"write_rate":20.5,"write_burst":1}""")]
    [InlineData("""{"write_rate":2,"write_burst":201}""")]
    [InlineData("""{"write_rate":"2","write_burst":1}""")]
    [InlineData("""{"write_rate":1e999,"write_burst":1}""")]
    [InlineData("""{"call_rate":1,"call_burst":1,"owner_rate":5}""")]
    public async Task What_is_out_of_bounds_alone_or_unknown_is_refused_and_changes_nothing(string limits)
    {
        await using var world = await OwnersWorld.StartAsync(more: Rates);

        var answer = await world.AskAsync("PATCH", world.Agent(), $$"""{"limits":{{limits}},"description":"changed"}""");

        Assert.True(answer.Status == 400 || answer.Status == 422, answer.Body);
        Assert.Equal("||", await world.Ledger.ValueAsync<string>(
            "SELECT concat(call_rate, '|', write_rate, '|', description) FROM agents"));
    }
}
