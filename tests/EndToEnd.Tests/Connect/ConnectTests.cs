using System.Text.RegularExpressions;
using AgentGateway.EndToEnd.Tests.System;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Connect;

/// <summary>The script pairs with a running gateway while the owner decides.</summary>
[Collection(SystemCollection.Name)]
public sealed class ConnectTests(RunningSystem system, ITestOutputHelper output)
{
    private string Gateway => system.Agents.GetLeftPart(UriPartial.Authority);

    [Fact]
    public Task It_pairs_stores_the_token_connects_Codex_and_says_what_works() => system.ExplainAsync(output, async () =>
    {
        using var run = new ConnectRun();
        var result = await run.RunAsync(
            code => OwnersPage.ApproveAsync(system, code), "--gateway", Gateway, "--name", "test machine", "--store");
        output.WriteLine(result.Error);

        Assert.Equal(0, result.ExitCode);
        var token = File.ReadAllText(run.Stored).Trim();
        Assert.Matches("^ndca1_[0-9A-Za-z]{49}$", token);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ConnectRun.Mode(run.Stored));
        Assert.Equal(token, await result.EvaluateAsync());
        Assert.Equal("export NODEDC_AGENT_TOKEN=\"$(cat '" + run.Stored + "')\"", result.Output.Trim());
        foreach (var line in (string[])["ok    token", "ok    clock", "ok    protocol: 2025-06-18", "ok    grants: NDC (mode full)", "ok    tools: "])
        {
            Assert.Contains(line, result.Error, StringComparison.Ordinal);
        }

        Assert.Contains($"mcp add tasker --url {Gateway}/mcp --bearer-token-env-var NODEDC_AGENT_TOKEN", run.Watched(), StringComparison.Ordinal);
        Assert.Contains("[mcp_servers.tasker]", File.ReadAllText(run.CodexConfig), StringComparison.Ordinal);

        // The one canary in no file but its own, in no argument list, and in nothing that was said.
        Assert.Equal([run.Stored], run.Files().Where(file => file.Value.Contains(token, StringComparison.Ordinal)).Select(file => file.Key));
        Assert.DoesNotContain(token, run.Watched(), StringComparison.Ordinal);
        Assert.DoesNotMatch("ndcp_[0-9A-Za-z]{43}", run.Watched());
        Assert.DoesNotContain(token, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(".agent-token", string.Join('\n', run.Files().Keys), StringComparison.Ordinal);
    });

    [Fact]
    public Task Without_store_only_the_shell_gets_the_token() => system.ExplainAsync(output, async () =>
    {
        using var run = new ConnectRun();
        var result = await run.RunAsync(code => OwnersPage.ApproveAsync(system, code), "--gateway", Gateway + "/mcp", "--code-only");

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(new Regex(@"\Aexport NODEDC_AGENT_TOKEN=ndca1_[0-9A-Za-z]{49}\s*\z"), result.Output);
        Assert.StartsWith("ndca1_", await result.EvaluateAsync(), StringComparison.Ordinal);
        Assert.Empty(run.Files());
        Assert.False(File.Exists(Path.Combine(run.Evidence, "codex")), "--code-only started Codex.");
    });

    [Fact]
    public Task An_owner_who_says_no_ends_it_with_nothing_on_standard_output() => system.ExplainAsync(output, async () =>
    {
        using var run = new ConnectRun();
        var result = await run.RunAsync(code => OwnersPage.DenyAsync(system, code), "--gateway", Gateway, "--store");

        Assert.Equal((3, ""), (result.ExitCode, result.Output));
        Assert.Empty(run.Files());
    });

    [Fact]
    public Task It_can_be_interrupted_and_leaves_nothing() => system.ExplainAsync(output, async () =>
    {
        using var run = new ConnectRun();
        await using var process = run.Start("--gateway", Gateway, "--store");
        await ConnectRun.CodeAsync(process);

        await process.TerminateAsync();

        Assert.True(await process.WaitForExitAsync(TimeSpan.FromSeconds(3)), "It waits for its own sleep.");
        Assert.Equal((130, ""), (process.ExitCode, process.Output));
        Assert.Empty(run.Files());
    });

    [SkippableFact]
    public Task The_real_Codex_is_given_the_server_and_no_token() => system.ExplainAsync(output, async () =>
    {
        using var run = new ConnectRun(Tool.Require(Tool.Codex));
        var agent = await system.CreateAgentAsync("connect-real", $"{Seed.Granted}=observer");
        Directory.CreateDirectory(Path.GetDirectoryName(run.CodexConfig)!);
        await File.WriteAllTextAsync(run.CodexConfig, "model = \"kept\"\n");

        var result = await run.RunWithTokenAsync(agent.Token, new Dictionary<string, string>(), "--gateway", Gateway, "--server-name", "board");
        output.WriteLine(result.Error);
        var added = await File.ReadAllTextAsync(run.CodexConfig);
        var back = await run.RunAsync(null, "--rollback");

        Assert.Equal((0, 0), (result.ExitCode, back.ExitCode));
        Assert.Contains("model = \"kept\"", added, StringComparison.Ordinal);
        Assert.Contains("[mcp_servers.board]", added, StringComparison.Ordinal);
        Assert.Contains($"url = \"{Gateway}/mcp\"", added, StringComparison.Ordinal);
        Assert.Contains("bearer_token_env_var = \"NODEDC_AGENT_TOKEN\"", added, StringComparison.Ordinal);
        Assert.Equal("model = \"kept\"\n", await File.ReadAllTextAsync(run.CodexConfig));
        Assert.DoesNotContain(run.Files(), file => file.Value.Contains(agent.Token, StringComparison.Ordinal));
        Assert.DoesNotContain(agent.Token, run.Watched(), StringComparison.Ordinal);
    });
}
