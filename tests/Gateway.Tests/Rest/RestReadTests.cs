using System.Text.Json.Nodes;
using AgentGateway.Gateway.Tests.Flow;

namespace AgentGateway.Gateway.Tests.Rest;

/// <summary>What an agent reads of itself: the same list as at the other door, and grants as they really work now.</summary>
public sealed class RestReadTests : IAsyncLifetime
{
    private FlowWorld? _started;

    private FlowWorld World => _started ?? throw new InvalidOperationException("The world has not started.");

    public async Task InitializeAsync() => _started = await FlowWorld.StartAsync();

    public async Task DisposeAsync() => await World.DisposeAsync();

    [Fact]
    public async Task The_tools_are_those_of_mcp_with_scope_and_effect()
    {
        var rest = (await World.AskAsync("GET", "/api/v1/tools")).Json["tools"]!.AsArray();
        var (_, body) = await World.PostAsync("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""");
        var mcp = JsonNode.Parse(body)!["result"]!["tools"]!.AsArray();

        Assert.Equal(mcp.Select(tool => (string?)tool!["name"]), rest.Select(tool => (string?)tool!["name"]));
        var create = rest.Single(tool => (string?)tool!["name"] == "create_card")!;
        Assert.Equal(("card:create", "write"), ((string?)create["scope"], (string?)create["effect"]));
        Assert.Equal(
            mcp.Single(tool => (string?)tool!["name"] == "create_card")!["inputSchema"]!.ToJsonString(),
            create["inputSchema"]!.ToJsonString());
        Assert.DoesNotContain("replace_card_block", rest.Select(tool => (string?)tool!["name"]));
    }

    [Fact]
    public async Task The_session_says_who_with_what_until_when_and_never_the_token()
    {
        var answer = await World.AskAsync("GET", "/api/v1/agent-session");

        var json = answer.Json;
        Assert.Equal(("Аня's laptop", "u-anna", "nodedc", "full"), (
            (string?)json["agent"]!["name"], (string?)json["owner"]!["id"], (string?)json["workspace"], (string?)json["mode"]));
        Assert.Equal(World.Token[..12], (string?)json["token"]!["prefix"]);
        Assert.Equal(23, ((DateTimeOffset)json["token"]!["expires_at"]! - TimeProvider.System.GetUtcNow()).Hours);
        Assert.Equal(["NDC", "OPS"], json["grants"]!.AsArray().Select(grant => (string?)grant!["project"]));
        Assert.Equal((await World.AskAsync("GET", "/api/v1/tools")).Json["tools"]!.AsArray().Count, (int)json["expected_tools"]!);
        Assert.Equal(8, (int)json["limits"]!["calls_at_once"]!);
        Assert.DoesNotContain(World.Token, answer.Body, StringComparison.Ordinal);
        Assert.Contains("Аня", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mode_leaves_of_the_grants_what_it_allows_at_once()
    {
        await World.Ledger.ExecuteAsync("UPDATE agents SET mode = 'read_only', authority_version = authority_version + 1");

        var grant = (await World.AskAsync("GET", "/api/v1/agent-session")).Json["grants"]![0]!;

        Assert.Equal(["card:read", "member:read", "project:read"], Texts(grant["scopes"]!).Except(["session:report"]));
        Assert.Contains("card:create", Texts(grant["granted"]!));
        Assert.DoesNotContain(
            "create_card", (await World.AskAsync("GET", "/api/v1/tools")).Json["tools"]!.AsArray().Select(tool => (string?)tool!["name"]));
    }

    [Fact]
    public async Task A_revoked_token_reads_nothing_more()
    {
        Assert.Equal(200, (await World.AskAsync("GET", "/api/v1/tools")).Status);
        await World.Ledger.ExecuteAsync("UPDATE tokens SET revoked_at = clock_timestamp()");
        await World.Ledger.ExecuteAsync("UPDATE agents SET authority_version = authority_version + 1");

        Assert.Equal(401, (await World.AskAsync("GET", "/api/v1/tools")).Status);
        Assert.Equal(401, (await World.AskAsync("GET", "/api/v1/agent-session")).Status);
        Assert.Equal(401, (await World.CallToolAsync("whoami", null)).Status);
    }

    private static IEnumerable<string> Texts(JsonNode list) => list.AsArray().Select(text => (string)text!);
}
