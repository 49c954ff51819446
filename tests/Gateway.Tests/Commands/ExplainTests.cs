using System.Text.Json;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Commands.Explain;
using AgentGateway.Gateway.Decide.Loading;
using AgentGateway.Gateway.Tests.Flow;
using AgentGateway.Gateway.Tests.Rest;
using AgentGateway.Policy;
using AgentGateway.Support;

namespace AgentGateway.Gateway.Tests.Commands;

/// <summary>What the command says of a call is what the gateway does with it.</summary>
public sealed class ExplainTests
{
    private static readonly string[] Order =
        ["token", "entitlement", "agent", "tool", "mode", "arguments", "session", "project", "scope", "cards", "tasker", "rate"];

    [Fact]
    public async Task It_agrees_with_the_door_on_each_refusal_and_names_the_same_check()
    {
        await using var world = await FlowWorld.StartAsync();
        (string Tool, string Arguments)[] calls =
        [
            ("delete_card", "{}"), ("create_card", "{}"), ("create_card", """{"title":"x"}"""), ("create_card", """{"project":"SEC","title":"x"}"""),
            ("create_card", """{"project":"OPS","title":"x"}"""), ("create_card", """{"project":"NDC","title":"x","parent":"OPS-1"}"""),
            ("create_card", """{"project":"NDC","title":"x","parent":"SEC-1"}"""), ("create_card", """{"project":"NDC","title":7}"""),
            ("get_card", """{"card":"SEC-1"}"""), ("get_card", """{"card":"nonsense"}"""), ("move_card", """{"card":"OPS-1","to_state":"Done"}"""),
            ("update_active_card", """{"progress":"x"}"""), ("start_work_session", """{"card":"SEC-1","goal":"Do it"}"""),
            ("whoami", "{}"),
        ];

        foreach (var (tool, arguments) in calls)
        {
            var said = await ExplainAsync(world, tool, arguments);
            var done = await world.CallToolAsync(tool, arguments);

            Assert.Equal(Order, said.Checks.Select(check => check.Check));
            Assert.Equal(done.Status == 200, said.Allowed);
            if (done.Status != 200)
            {
                Assert.Equal((done.Code, (string?)done.Json["check"]), (said.Code, said.DecidedBy));
                Assert.NotEmpty(said.Allow!);
                Assert.Equal(said.DecidedBy, Assert.Single(said.Checks, check => check.Outcome is CheckOutcome.Fail).Check);
                Assert.All(said.Checks.SkipWhile(check => check.Check != said.DecidedBy).Skip(1), later =>
                    Assert.Equal(CheckOutcome.NotReached, later.Outcome));
            }
        }
    }

    [Theory]
    [InlineData("UPDATE agents SET status = 'suspended'", "agent", "agent_suspended")]
    [InlineData("UPDATE agents SET status = 'revoked'", "agent", "unauthenticated")]
    [InlineData("UPDATE tokens SET revoked_at = clock_timestamp()", "token", "unauthenticated")]
    [InlineData("UPDATE tokens SET expires_at = clock_timestamp()", "token", "unauthenticated")]
    [InlineData("UPDATE agents SET mode = 'read_only'", "mode", "read_only_mode")]
    public async Task A_change_of_state_shows_as_the_check_that_decides(string change, string check, string code)
    {
        await using var world = await FlowWorld.StartAsync();
        await world.Ledger.ExecuteAsync(change);

        var said = await ExplainAsync(world, "create_card", """{"project":"NDC","title":"x"}""");

        Assert.Equal((check, code), (said.DecidedBy, said.Code));
    }

    [Fact]
    public async Task What_tasker_forbids_every_agent_is_told_before_it_happens()
    {
        await using var world = await FlowWorld.StartAsync();

        var said = await ExplainAsync(world, "create_card", """{"project":"NDC","title":"x"}""", ["project:read", "card:read"]);

        Assert.Equal((false, "tasker", "scope_missing"), (said.Allowed, said.DecidedBy, said.Code));
    }

    [Fact]
    public async Task The_program_exits_0_1_or_2_and_prints_for_people_and_programs()
    {
        await using var world = await FlowWorld.StartAsync();
        var settings = new Dictionary<string, string>
        {
            ["NODEDC_AGENT_GATEWAY_DATABASE"] = world.Ledger.ConnectionString,
            ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Repository.At("config"),
        };
        Task<GatewayProgram> RunAsync(params string[] args) => GatewayProgram.RunAsync(settings, ["explain", .. args]);
        var prefix = world.Token[..12];

        var allowed = await RunAsync("--token-prefix", prefix, "--tool", "create_card", "--project", "NDC");
        var refused = await RunAsync("--token-prefix", prefix, "--tool", "move_card", "--card", "OPS-1", "--json");
        var byAgent = await RunAsync("--agent", world.Ledger.Agent.Id, "--tool", "whoami", "--arguments", "{}");
        (string, GatewayProgram)[] wrong =
        [
            ("--tool", await RunAsync("--agent", "ag_nobody00")),
            ("no such agent", await RunAsync("--agent", "ag_nobody00", "--tool", "whoami")),
            ("JSON object", await RunAsync("--token-prefix", prefix, "--tool", "whoami", "--arguments", "[1]")),
            ("--token-prefix", await RunAsync("--tool", "whoami")),
        ];

        Assert.True(allowed.ExitCode == 0, allowed.Output + allowed.Errors);
        Assert.Contains("Allowed", allowed.Output, StringComparison.Ordinal);
        Assert.Equal(1, refused.ExitCode);
        var json = JsonNode.Parse(refused.Output)!;
        Assert.Equal(("scope_missing", "scope"), ((string?)json["code"], (string?)json["decided_by"]));
        Assert.Contains("contributor", (string?)json["allow"], StringComparison.Ordinal);
        Assert.Equal(Order, json["checks"]!.AsArray().Select(check => (string)check!["check"]!));
        Assert.Equal(0, byAgent.ExitCode);
        Assert.All(wrong, one => Assert.Equal(2, one.Item2.ExitCode));
        Assert.All(wrong, one => Assert.Contains(one.Item1, one.Item2.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain(world.Token, allowed.Output + refused.Output, StringComparison.Ordinal);
        Assert.Equal(0, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE kind <> 'lifecycle'"));
    }

    private static async Task<Explanation> ExplainAsync(FlowWorld world, string tool, string arguments, IReadOnlyCollection<string>? most = null)
    {
        var token = await world.Ledger.ValueAsync<Guid>($"SELECT id FROM tokens WHERE prefix = '{world.Token[..12]}'");
        var row = await new AuthorityTable(world.Ledger.Database).FindByTokenIdAsync(token);
        var manifest = ManifestReader.Load(Repository.At("config"));
        return await new CallExplainer(manifest, requireEntitlement: false, (_, _) => Task.FromResult(most)).ExplainAsync(
            row!, new ToolCall { Tool = tool, Arguments = JsonElement.Parse(arguments) }, withArguments: true);
    }
}
