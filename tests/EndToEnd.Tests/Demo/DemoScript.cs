using System.Text.Json.Nodes;
using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Demo;

/// <summary>./demo on a state folder of its own, as a person runs it; whatever still runs is stopped in the end.</summary>
public sealed class DemoScript : IAsyncDisposable
{
    // A first start builds the programs and may install Postgres.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder _folder = new("demo");

    public DemoScript() =>
        // As root, the database's own user passes through this folder.
        File.SetUnixFileMode(_folder.Root, (UnixFileMode)Convert.ToInt32("755", 8));

    /// <summary>With a space, as folders of people have.</summary>
    public string State => Path.Combine(_folder.Root, "a state");

    public string DemoJson => Path.Combine(State, "demo.json");

    public JsonNode Read() => JsonNode.Parse(File.ReadAllText(DemoJson))!;

    internal ChildProcess Start(params string[] arguments) => ChildProcess.Start(
        "bash",
        [Path.Combine(Programs.Repository, "demo"), "--state", State, .. arguments],
        ChildProcess.PlainEnvironment(),
        _folder.Root);

    internal async Task<DemoAnswer> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments);
        Assert.True(await run.WaitForExitAsync(Patience), $"./demo {string.Join(' ', arguments)} does not end:\n{run.Error}");
        return new DemoAnswer(run.ExitCode, run.Output, run.Error);
    }

    public async ValueTask DisposeAsync()
    {
        await RunAsync("--stop");
        _folder.Dispose();
    }
}

/// <summary>What one run of the script printed and how it ended.</summary>
internal sealed record DemoAnswer(int ExitCode, string Output, string Error)
{
    public DemoAnswer Succeeded()
    {
        Assert.True(ExitCode == 0, $"./demo ended with {ExitCode}:\n{Error}{Output}");
        return this;
    }
}
