using AgentGateway.EndToEnd.Tests.System;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>
/// What scripts/publish made, in a folder of its own: once for all tests, and compiled ahead only at AGENT_GATEWAY_FULL=1.
/// </summary>
public sealed class Published : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly TemporaryFolder _folder = new("publish");

    /// <summary>Where the programs, config/ and SHA256SUMS lie.</summary>
    public string Root { get; private set; } = "";

    internal string Gateway => Path.Combine(Root, "gateway");

    public async Task InitializeAsync()
    {
        string[] options = Environment.GetEnvironmentVariable("AGENT_GATEWAY_FULL") == "1" ? [] : ["--no-ready-to-run"];
        string[] command =
            [Path.Combine(Programs.Repository, "scripts", "publish"), "--only", "gateway", "--out", _folder.Root, .. options];
        var (code, output, error) = await RunAsync(Programs.Repository, command, ChildProcess.PlainEnvironment());
        Assert.True(code == 0, error);
        Root = output.Trim();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a program in the published folder, where no .NET is told of.</summary>
    internal Task<(int Code, string Output, string Error)> InsideAsync(params string[] command) =>
        RunAsync(Root, command, WithoutDotnet());

    private static Dictionary<string, string> WithoutDotnet() => ChildProcess.PlainEnvironment()
        .Where(pair => !pair.Key.StartsWith("DOTNET", StringComparison.Ordinal)).ToDictionary();

    private static async Task<(int Code, string Output, string Error)> RunAsync(
        string folder, string[] command, Dictionary<string, string> environment)
    {
        await using var run = ChildProcess.Start(command[0], command[1..], environment, folder);
        Assert.True(await run.WaitForExitAsync(Patience), $"{command[0]} does not end:\n{run.Error}");
        return (run.ExitCode, run.Output, run.Error);
    }
}
