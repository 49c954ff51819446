using System.Net.Http.Headers;
using System.Text;
using AgentGateway.Gateway.Setup.Packet;
using AgentGateway.Gateway.Tests.Owners;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

public sealed class SetupRouteTests
{
    [Fact]
    public async Task An_agent_and_its_owner_read_the_same_packet_that_fits_the_listed_tools()
    {
        await using var world = await OwnersWorld.StartAsync();

        var own = await OwnAsync(world, world.Ledger.Token.Token);
        var owners = await world.AskAsync("POST", world.Agent("/setup-packet"));

        Assert.Equal((200, 200), (own.Status, owners.Status));
        Assert.Equal(owners.Body, own.Body);
        Assert.Equal("laptop", (string)own.Json["agent"]!["name"]!);
        Assert.Equal("NDC", (string)own.Json["grants"]![0]!["project"]!);
        Assert.Equal(await ListAsync(world), own.Json["expected_tools"]!.AsArray().Select(name => (string)name!));
    }

    [Fact]
    public async Task Ticked_tools_and_the_servers_name_are_taken_and_audited()
    {
        await using var world = await OwnersWorld.StartAsync();

        var made = await world.AskAsync(
            "POST", world.Agent("/setup-packet"), """{"approve_tools":["move_card","create_card"],"server_name":"work-tasker"}""", key: "packet-key-1");
        var again = await world.AskAsync(
            "POST", world.Agent("/setup-packet"), """{"approve_tools":["move_card","create_card"],"server_name":"work-tasker"}""", key: "packet-key-1");

        Assert.Equal(200, made.Status);
        Assert.Contains("[mcp_servers.work-tasker.tools.create_card]\napproval_mode = \"approve\"", (string)made.Json["config_toml"]!, StringComparison.Ordinal);
        Assert.Equal((made.Body, true), (again.Body, again.Replayed));
        Assert.Equal(
            "u-anna: runs unasked: create_card, move_card",
            await world.Ledger.ValueAsync<string>("SELECT actor || ': ' || cause FROM audit_events WHERE decision = 'setup_packet_made'"));
    }

    [Theory]
    [InlineData("""{"approve_tools":["delete_card"]}""", "$.approve_tools[0]", "\"delete_card\" is no tool")]
    [InlineData("""{"approve_tools":["create_card","replace_card_block"]}""", "$.approve_tools[1]", "\"replace_card_block\" is no tool")]
    [InlineData("""{"approve_tools":["a\"]\n[mcp_servers.x]"]}""", "$.approve_tools[0]", "This is no tool")]
    [InlineData("""{"approve_tools":[null]}""", "$.approve_tools[0]", "This is no tool")]
    [InlineData("""{"approve_tools":"all"}""", "$.approve_tools", "")]
    [InlineData("""{"approve_tools":null}""", "$", "")]
    [InlineData("""{"server_name":"a.b"}""", "$.server_name", "")]
    [InlineData("""{"server_name":"a]\n[b"}""", "$.server_name", "")]
    [InlineData("""{"server_name":""}""", "$.server_name", "")]
    [InlineData("""{"token":"x"}""", "$", "")]
    public async Task A_wish_that_cannot_be_met_is_refused_by_name(string body, string field, string detail)
    {
        await using var world = await OwnersWorld.StartAsync();

        var refused = await world.AskAsync("POST", world.Agent("/setup-packet"), body);

        Assert.Equal((422, "invalid_request"), (refused.Status, refused.Code));
        Assert.StartsWith(field, (string)refused.Json["errors"]![0]!["field"]!, StringComparison.Ordinal);
        Assert.Contains(detail, (string)refused.Json["detail"]!, StringComparison.Ordinal);
        Assert.Equal(0, await world.Ledger.ValueAsync<long>("SELECT count(*) FROM audit_events WHERE decision = 'setup_packet_made'"));
    }

    [Fact]
    public async Task A_mode_without_changes_approves_none()
    {
        await using var world = await OwnersWorld.StartAsync();
        await world.AskAsync("PATCH", world.Agent(), """{"mode":"read_only"}""");

        var refused = await world.AskAsync("POST", world.Agent("/setup-packet"), """{"approve_tools":["create_card"]}""");
        var reading = await world.AskAsync("POST", world.Agent("/setup-packet"), """{"approve_tools":["get_card"]}""");

        Assert.Equal((422, 200), (refused.Status, reading.Status));
        Assert.DoesNotContain("create_card", reading.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_owners_agent_and_a_revoked_one_have_no_packet()
    {
        await using var world = await OwnersWorld.StartAsync();
        var foreign = await world.AskAsync("POST", world.Agent("/setup-packet").Replace("u-anna", "u-boris", StringComparison.Ordinal));
        var unknown = await world.AskAsync("POST", "/owners/u-boris/agents/ag_nothinghere/setup-packet");
        await world.AskAsync("POST", world.Agent("/revoke"), """{"drain_seconds":0}""");
        var revoked = await world.AskAsync("POST", world.Agent("/setup-packet"));
        var own = await OwnAsync(world, world.Ledger.Token.Token);

        Assert.Equal((404, 404, foreign.Plain), (foreign.Status, unknown.Status, unknown.Plain));
        Assert.Equal((409, "agent_revoked"), (revoked.Status, revoked.Code));
        Assert.Equal((401, "unauthenticated"), (own.Status, own.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?server_name=x")]
    [InlineData("/")]
    public async Task Without_a_token_or_with_more_than_the_path_there_is_nothing(string rest)
    {
        await using var world = await OwnersWorld.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, SetupRoutes.Session + rest);
        request.Headers.Authorization = rest.Length == 0 ? null : new AuthenticationHeaderValue("Bearer", world.Ledger.Token.Token);

        var answer = await OwnersWorld.SendAsync(world.Agents, request);

        Assert.Equal(rest.Length == 0 ? 401 : 404, answer.Status);
    }

    [Fact]
    public async Task A_fresh_grant_stands_in_the_next_packet()
    {
        await using var world = await OwnersWorld.StartAsync();
        await OwnAsync(world, world.Ledger.Token.Token);
        await world.AskAsync("PUT", world.Agent("/grants/OPS"), """{"bundle":"contributor"}""");

        var own = await OwnAsync(world, world.Ledger.Token.Token);

        Assert.Equal(["NDC", "OPS"], own.Json["grants"]!.AsArray().Select(grant => (string)grant!["project"]!));
    }

    private static async Task<Answer> OwnAsync(OwnersWorld world, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, SetupRoutes.Session);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await OwnersWorld.SendAsync(world.Agents, request);
    }

    private static async Task<IEnumerable<string>> ListAsync(OwnersWorld world)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/mcp");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", world.Ledger.Token.Token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        request.Content = new StringContent(
            """{"jsonrpc":"2.0","id":1,"method":"tools/list"}""", Encoding.UTF8, "application/json");
        var answer = await OwnersWorld.SendAsync(world.Agents, request);
        return answer.Json["result"]!["tools"]!.AsArray().Select(tool => (string)tool!["name"]!);
    }
}
