using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Commands.Audit;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Support;
using Microsoft.Extensions.Logging.Abstractions;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AgentGateway.Gateway.Tests.Commands;

public sealed class CommandTests : IDisposable
{
    private const string Project = "3f0e8c52-4e7b-4a53-9f57-0a3f4b7f1d11";

    private readonly WireMockServer _tasker = WireMockServer.Start();
    private readonly string _taskerToken = RandomNumberGenerator.GetHexString(64);
    private readonly string _pepper = RandomNumberGenerator.GetHexString(64);

    [Fact]
    public async Task Help_lists_commands_and_settings_and_exits_well()
    {
        var help = await GatewayProgram.RunAsync(new Dictionary<string, string>(), "--help");

        Assert.Equal(0, help.ExitCode);
        Assert.All((string[])["serve", "migrate", "agent", "audit", "NODEDC_TASKER_BASE_URL"], word =>
            Assert.Contains(word, help.Output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("serve")]
    [InlineData("migrate")]
    [InlineData("nonsense")]
    [InlineData("agent", "create", "--name", "x")]
    [InlineData("audit", "tail", "-n", "many")]
    public async Task Wrong_usage_or_settings_exit_with_2_and_no_stack_trace(params string[] args)
    {
        var wrong = await GatewayProgram.RunAsync(new Dictionary<string, string>(), args);

        Assert.Equal(2, wrong.ExitCode);
        Assert.NotEmpty(wrong.Errors);
        Assert.DoesNotContain("   at ", wrong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_is_created_used_audited_and_revoked_from_the_command_line()
    {
        var settings = await SettingsAsync();
        Resolve("NDC", Project);

        var migrated = await GatewayProgram.RunAsync(settings, "migrate", "--json");
        var created = await GatewayProgram.RunAsync(settings, Create("--grant", "NDC=contributor", "--json"));
        Assert.True(created.ExitCode == 0, created.Errors);
        var printed = JsonNode.Parse(created.Output)!;
        var id = (string)printed["agent"]!["id"]!;
        var token = (string)printed["token"]!;
        var known = await AuthenticateAsync(settings, token);
        var audit = await GatewayProgram.RunAsync(settings, "audit", "tail", "-n", "10");
        var lines = await GatewayProgram.RunAsync(settings, "audit", "tail", "--json");
        var revoked = await GatewayProgram.RunAsync(settings, "agent", "revoke", "--id", id, "--reason", "test");
        var refused = await AuthenticateAsync(settings, token);

        Assert.Equal(id, Assert.IsType<Authentication.Known>(known).Authority.Agent.Id);
        Assert.Equal(Guid.Parse(Project), Assert.Single(((Authentication.Known)known).Authority.Grants).ProjectId);
        Assert.NotEmpty(JsonNode.Parse(migrated.Output)!["ran"]!.AsArray());
        Assert.Contains("agent_created", audit.Output, StringComparison.Ordinal);
        Assert.Contains(
            lines.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => (string?)JsonNode.Parse(line)!["decision"] == "agent_created");
        Assert.DoesNotContain(token, audit.Output + audit.Errors + created.Errors, StringComparison.Ordinal);
        Assert.Equal(0, revoked.ExitCode);
        Assert.Equal("agent revoked", Assert.IsType<Authentication.Refused>(refused).Cause);
        var asked = Assert.Single(_tasker.LogEntries).RequestMessage!;
        Assert.Equal($"Bearer {_taskerToken}", asked.Headers!["Authorization"].Single());
        Assert.Equal("u-anna", asked.Headers["X-NodeDC-Agent-Owner"].Single());
    }

    [Fact]
    public async Task Without_json_the_token_stands_alone_on_stdout()
    {
        var settings = await SettingsAsync();
        Resolve("NDC", Project);
        await GatewayProgram.RunAsync(settings, "migrate");

        var created = await GatewayProgram.RunAsync(settings, Create("--grant", "NDC=observer"));

        Assert.Null(AgentToken.Fault(created.Output.Trim()));
        Assert.Contains("observer", created.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain(created.Output.Trim(), created.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_project_that_tasker_does_not_name_makes_no_agent()
    {
        var settings = await SettingsAsync();
        await GatewayProgram.RunAsync(settings, "migrate");

        var unknown = await GatewayProgram.RunAsync(settings, Create("--grant", "ZZZ=observer"));
        var wrong = await GatewayProgram.RunAsync(settings, Create("--grant", "NDC=everything"));
        _tasker.Stop();
        var away = await GatewayProgram.RunAsync(settings, Create("--grant", "NDC=observer"));

        Assert.Equal((1, 2, 1), (unknown.ExitCode, wrong.ExitCode, away.ExitCode));
        Assert.Contains("cannot be reached", away.Errors, StringComparison.Ordinal);
        await using var database = LedgerDatabase.Open(Secret.Of(settings["NODEDC_AGENT_GATEWAY_DATABASE"]));
        await using var count = database.CreateCommand("SELECT count(*) FROM agents");
        Assert.Equal(0L, await count.ExecuteScalarAsync());
    }

    [Fact]
    public void A_line_of_the_audit_cannot_steer_the_terminal()
    {
        var line = new AuditLine { Kind = "refused", Decision = "deny", Tool = "\e]0;owned\a\r\nfake line", Count = 3 };

        Assert.DoesNotContain(line.Format(colours: false), character => char.IsControl(character));
        Assert.Contains("×3", line.Format(colours: false), StringComparison.Ordinal);
        Assert.Contains("\e[31m", line.Format(colours: true), StringComparison.Ordinal);
    }

    public void Dispose() => _tasker.Dispose();

    private static string[] Create(params string[] rest) =>
        ["agent", "create", "--name", "laptop", "--owner", "u-anna", "--owner-name", "Anna Ö", "--workspace", "nodedc", .. rest];

    private void Resolve(string key, string id) => _tasker
        .Given(Request.Create().UsingGet().WithParam("q", key)
            .WithPath("/api/internal/nodedc/agent/v1/workspaces/nodedc/projects/resolve"))
        .RespondWith(Response.Create().WithStatusCode(200).WithHeader("Content-Type", "application/json").WithBody(
            $$"""{"id":"{{id}}","project_id":"{{id}}","key":"{{key}}","name":"Gateway","agent_max_scopes":[]}"""));

    private async Task<Dictionary<string, string>> SettingsAsync() => new()
    {
        ["NODEDC_AGENT_GATEWAY_DATABASE"] = await (await PostgresCluster.SharedAsync()).CreateDatabaseAsync(),
        ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = _pepper,
        ["NODEDC_TASKER_BASE_URL"] = _tasker.Url!,
        ["NODEDC_TASKER_INTERNAL_TOKEN"] = _taskerToken,
    };

    private async Task<Authentication> AuthenticateAsync(Dictionary<string, string> settings, string token)
    {
        await using var database = LedgerDatabase.Open(Secret.Of(settings["NODEDC_AGENT_GATEWAY_DATABASE"]));
        using var use = new TokenUse(database, TimeProvider.System, NullLogger<TokenUse>.Instance);
        var authenticator = new TokenAuthenticator(
            new AuthorityTable(database), new AuthorityCache(TimeProvider.System), new TokenDigests(Secret.Of(_pepper)), use,
            TimeProvider.System, NullLogger<TokenAuthenticator>.Instance);
        return await authenticator.AuthenticateAsync($"Bearer {token}", CancellationToken.None);
    }
}
