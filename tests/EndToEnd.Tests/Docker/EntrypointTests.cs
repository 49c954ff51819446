using System.Diagnostics;
using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Docker;

/// <summary>docker/entrypoint.sh as it is, with a program in its PATH that writes down how it was called.</summary>
public sealed class EntrypointTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TemporaryFolder _folder = new("entrypoint");

    private string Record => Path.Combine(_folder.Root, "calls");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("gateway")]
    [InlineData("tasker")]
    [InlineData("launcher")]
    public async Task It_migrates_before_it_serves(string program)
    {
        Write(program, "exit 0");

        await using var run = Start([program]);

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["migrate", "serve"], Calls());
    }

    [Fact]
    public async Task The_console_has_nothing_to_migrate()
    {
        Write("console", "exit 0");

        await using var run = Start(["console"]);

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Equal(["serve"], Calls());
    }

    [Fact]
    public async Task Nothing_is_served_when_migrating_fails()
    {
        Write("gateway", "[ \"$1\" != migrate ] || exit 7");

        await using var run = Start(["gateway"]);

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.Equal(7, run.ExitCode);
        Assert.Equal(["migrate"], Calls());
    }

    [Fact]
    public async Task A_stop_reaches_the_serving_program()
    {
        Write("gateway", "[ \"$1\" = serve ] || exit 0", "trap 'echo stopped >>\"$RECORD\"; exit 0' TERM", WaitForever);

        await using var run = Start(["gateway"]);
        await UntilAsync(() => Calls().Contains("serve"));
        await run.TerminateAsync();

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(["migrate", "serve", "stopped"], Calls());
    }

    [Fact]
    public async Task A_stop_while_migrating_is_passed_on_and_nothing_is_served()
    {
        Write("gateway", "trap 'echo stopped >>\"$RECORD\"; exit 0' TERM", "echo waiting >>\"$RECORD\"", WaitForever);

        await using var run = Start(["gateway"]);
        await UntilAsync(() => Calls().Contains("waiting"));
        await run.TerminateAsync();

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.Equal(143, run.ExitCode);
        Assert.Equal(["migrate", "waiting", "stopped"], Calls());
    }

    [Fact]
    public async Task The_owners_connection_is_there_for_migrating_and_gone_for_serving()
    {
        const string Name = "NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE_FILE";
        Write("gateway", $"echo \"${{{Name}:-none}}\" >>\"$RECORD\"");
        var secret = _folder.Write("owner", "x");

        await using var run = Start(["gateway"], (Name, secret));

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.Equal(["migrate", secret, "serve", "none"], Calls());
    }

    [Fact]
    public async Task A_secret_that_is_not_mounted_is_named_before_anything_runs()
    {
        Write("gateway", "exit 0");
        var missing = Path.Combine(_folder.Root, "absent");

        await using var run = Start(["gateway"], ("NODEDC_AGENT_GATEWAY_KEY_SECRET_FILE", missing));

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.Equal(2, run.ExitCode);
        Assert.Contains($"NODEDC_AGENT_GATEWAY_KEY_SECRET_FILE={missing}", run.Error, StringComparison.Ordinal);
        Assert.Empty(Calls());
    }

    [Fact]
    public async Task Another_word_is_refused()
    {
        await using var run = Start(["sh"]);

        Assert.True(await run.WaitForExitAsync(Patience));
        Assert.Equal(2, run.ExitCode);
    }

    private const string WaitForever = "while :; do sleep 0.05; done";

    private void Write(string program, params string[] body)
    {
        var path = _folder.Write(program, string.Join('\n', ["#!/usr/bin/env bash", "echo \"$1\" >>\"$RECORD\"", .. body, ""]));
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
    }

    private ChildProcess Start(string[] arguments, params (string Name, string Value)[] settings)
    {
        var environment = ChildProcess.PlainEnvironment();
        environment["PATH"] = _folder.Root + Path.PathSeparator + environment["PATH"];
        environment["RECORD"] = Record;
        foreach (var (name, value) in settings)
        {
            environment[name] = value;
        }

        return ChildProcess.Start(Path.Combine(ComposeFile.Folder, "entrypoint.sh"), arguments, environment, _folder.Root);
    }

    private string[] Calls() => File.Exists(Record) ? File.ReadAllLines(Record) : [];

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (var clock = Stopwatch.StartNew(); !holds(); await Task.Delay(TimeSpan.FromMilliseconds(20)))
        {
            Assert.True(clock.Elapsed < Patience, "It did not come to that.");
        }
    }
}
