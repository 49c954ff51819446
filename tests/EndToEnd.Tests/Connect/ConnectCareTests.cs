using AgentGateway.EndToEnd.Tests.System;
using Xunit.Abstractions;

namespace AgentGateway.EndToEnd.Tests.Connect;

/// <summary>What the script refuses, leaves alone, and puts back.</summary>
[Collection(SystemCollection.Name)]
public sealed class ConnectCareTests(RunningSystem system, ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> Nothing = [];

    private string Gateway => system.Agents.GetLeftPart(UriPartial.Authority);

    [Theory]
    [InlineData("--gateway", "http://gateway.example.org")]
    [InlineData("--gateway", "http://127.0.0.1.example.org")]
    [InlineData("--gateway", "ftp://127.0.0.1")]
    [InlineData("--gateway", "https://user:word@gateway.example.org")]
    [InlineData("--gateway", "https://gateway.example.org/?token=x")]
    [InlineData("--gateway", "https://gateway.example.org/\"\nurl = \"http://127.0.0.1")]
    [InlineData("--gateway", "")]
    [InlineData("--gateway")]
    [InlineData("--server-name", "a b", "--gateway", "https://gateway.example.org")]
    [InlineData("--server-name", "--", "--name", "---", "--gateway", "https://gateway.example.org")]
    [InlineData("--surprise")]
    [InlineData("positional")]
    [InlineData]
    public async Task Wrong_use_is_told_and_nothing_is_asked(params string[] arguments)
    {
        using var run = new ConnectRun();

        var result = await run.RunAsync(null, arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("connect: ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run.Evidence, "curl")), "It asked the network.");
    }

    [Fact]
    public async Task A_dry_run_changes_nothing_asks_nobody_and_says_what_would_be_done()
    {
        using var run = new ConnectRun();
        var result = await run.RunAsync(null, "--gateway", Gateway, "--store", "--dry-run");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Contains(run.Stored, result.Error, StringComparison.Ordinal);
        Assert.Contains($"codex mcp add tasker --url {Gateway}/mcp", result.Error, StringComparison.Ordinal);
        Assert.Empty(run.Files());
        Assert.Empty(Directory.EnumerateFileSystemEntries(run.Home));
        Assert.False(File.Exists(Path.Combine(run.Evidence, "curl")), "It asked the network.");
    }

    [Fact]
    public async Task A_token_is_never_stored_inside_a_repository()
    {
        using var run = new ConnectRun();
        Directory.CreateDirectory(Path.Combine(run.Home, ".git"));

        var result = await run.RunAsync(null, "--gateway", Gateway, "--store");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("inside the git repository", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(run.Evidence, "curl")), "It paired before it looked.");
        Assert.Empty(run.Files());
    }

    [Fact]
    public async Task A_link_does_not_hide_the_repository()
    {
        using var run = new ConnectRun();
        var repository = Path.Combine(run.Evidence, "repository");
        Directory.CreateDirectory(Path.Combine(repository, ".git"));
        Directory.CreateDirectory(Path.Combine(repository, "kept"));
        Directory.CreateSymbolicLink(Path.Combine(run.Home, ".config"), Path.Combine(repository, "kept"));

        var result = await run.RunAsync(null, "--gateway", Gateway, "--store", "--dry-run");

        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public Task Rollback_puts_the_newest_backup_back_and_keeps_what_was_there() => system.ExplainAsync(output, async () =>
    {
        using var run = new ConnectRun();
        var agent = await system.CreateAgentAsync("connect-rollback", $"{Seed.Granted}=observer");
        Assert.Equal(0, (await run.RunWithTokenAsync(agent.Token, Nothing, "--gateway", Gateway)).ExitCode);
        var first = await File.ReadAllTextAsync(run.CodexConfig);
        Assert.Equal(0, (await run.RunWithTokenAsync(agent.Token, Nothing, "--gateway", Gateway, "--server-name", "second")).ExitCode);
        var second = await File.ReadAllTextAsync(run.CodexConfig);
        var backups = Directory.GetFiles(Path.GetDirectoryName(run.CodexConfig)!, "config.toml.backup-*");
        Assert.Equal(2, backups.Length);
        Assert.All(backups, backup => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, ConnectRun.Mode(backup)));

        Assert.Equal(0, (await run.RunAsync(null, "--rollback", "--dry-run")).ExitCode);
        Assert.Equal(second, await File.ReadAllTextAsync(run.CodexConfig));
        Assert.Equal(0, (await run.RunAsync(null, "--rollback")).ExitCode);
        Assert.Equal(first, await File.ReadAllTextAsync(run.CodexConfig));
        Assert.Equal(second, await File.ReadAllTextAsync(run.CodexConfig + ".before-rollback"));
        Assert.Equal(0, (await run.RunAsync(null, "--rollback")).ExitCode);
        Assert.False(File.Exists(run.CodexConfig));
        Assert.Equal(1, (await run.RunAsync(null, "--rollback")).ExitCode);
    });

    [Fact]
    public Task When_Codex_fails_its_configuration_is_as_before_and_the_token_is_still_handed_over() => system.ExplainAsync(output, async () =>
    {
        using var run = new ConnectRun();
        var agent = await system.CreateAgentAsync("connect-failure", $"{Seed.Granted}=observer");
        Directory.CreateDirectory(Path.GetDirectoryName(run.CodexConfig)!);
        await File.WriteAllTextAsync(run.CodexConfig, "model = \"kept\"\n");

        var result = await run.RunWithTokenAsync(
            agent.Token, new Dictionary<string, string> { ["CODEX_FAILS"] = "7" }, "--gateway", Gateway);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(agent.Token, await result.EvaluateAsync());
        Assert.Contains("Run it yourself", result.Error, StringComparison.Ordinal);
        Assert.Equal([run.CodexConfig], run.Files().Keys);
        Assert.Equal("model = \"kept\"\n", await File.ReadAllTextAsync(run.CodexConfig));
    });

    [Theory]
    [InlineData("not-a-token")]
    [InlineData("")]
    [InlineData("ndca1_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA;touch owned")]
    public async Task What_is_no_token_is_not_taken_from_standard_input(string given)
    {
        using var run = new ConnectRun();
        var result = await run.RunWithTokenAsync(given, Nothing, "--gateway", Gateway, "--store");

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Empty(run.Files());
    }

    [Fact]
    public async Task A_token_that_the_gateway_refuses_is_named_by_the_check()
    {
        using var run = new ConnectRun();
        var result = await run.RunWithTokenAsync("ndca1_" + new string('A', 49), Nothing, "--gateway", Gateway);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("fail  token: refused (401", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tracing_the_shell_does_not_show_the_token()
    {
        using var run = new ConnectRun();
        var agent = await system.CreateAgentAsync("connect-traced", $"{Seed.Granted}=observer");
        var result = await run.RunWithTokenAsync(
            agent.Token, new Dictionary<string, string> { ["TRACED"] = "yes" }, "--gateway", Gateway, "--code-only", "--store");

        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain(agent.Token, result.Error, StringComparison.Ordinal);
    }
}
