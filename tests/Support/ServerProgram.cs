using System.Diagnostics;

namespace AgentGateway.Support;

/// <summary>
/// A server of this repository as a process of its own: has only the environment it is given, can be killed and frozen.
/// </summary>
public sealed class ServerProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] InheritedNames =
        ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    private readonly Process _process;
    private readonly string _log;

    private ServerProgram(Process process, string log)
    {
        _process = process;
        _log = log;
        Id = process.Id;
        Reaper.OfThisProcess.Watch(Id);
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    /// <summary>All that it printed, on both outputs.</summary>
    public string Log => File.Exists(_log) ? File.ReadAllText(_log) : "";

    /// <summary>What was built beside the running tests: <c>artifacts/bin/PROJECT/CONFIGURATION/BINARY</c>.</summary>
    public static string Built(string project, string binary)
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
        var path = Path.Combine(own.Parent!.Parent!.FullName, project, own.Name, binary);
        return File.Exists(path) ? path : throw new InvalidOperationException($"{path} is missing: build {project} first.");
    }

    public static ServerProgram Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log)
    {
        // A shell in between only to redirect: exec keeps the process id, and a full pipe never stalls the server.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = Repository.Root };
        foreach (var word in (string[])["-c", "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", "sh", log, program])
        {
            start.ArgumentList.Add(word);
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var inherited = InheritedNames.Select(name => (name, Environment.GetEnvironmentVariable(name))).ToList();
        start.Environment.Clear();
        inherited.ForEach(pair => start.Environment[pair.name] = pair.Item2);
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new ServerProgram(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."), log);
    }

    /// <summary>Runs one command of a program to its end; answers what it printed.</summary>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string log)
    {
        await using var command = Start(program, arguments, environment, log);
        using var deadline = new CancellationTokenSource(Patience);
        await command._process.WaitForExitAsync(deadline.Token);
        return command._process.ExitCode == 0
            ? command.Log
            : throw new InvalidOperationException($"{Path.GetFileName(program)} ended with {command._process.ExitCode}:\n{command.Log}");
    }

    /// <summary>Asks until the answer is 2xx, or the process has ended, or patience has.</summary>
    public async Task WaitUntilReadyAsync(HttpClient client, Uri readiness)
    {
        using var deadline = new CancellationTokenSource(Patience);
        while (!_process.HasExited)
        {
            try
            {
                using var response = await client.GetAsync(readiness, deadline.Token);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(20, deadline.Token);
        }

        throw new InvalidOperationException($"The server ended before it was ready:\n{Log}");
    }

    /// <summary>At once, in the middle of whatever it does.</summary>
    public void Kill() => _process.Kill();

    /// <summary>As an orchestrator asks: what runs is finished, nothing new is taken.</summary>
    public void Terminate() => PostgresProcess.Kill(UnixSignal.Terminate, Id);

    public void Freeze() => PostgresProcess.Kill(UnixSignal.Stop, Id);

    public void Thaw() => PostgresProcess.Kill(UnixSignal.Continue, Id);

    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        Reaper.OfThisProcess.Forget(Id);
        _process.Dispose();
    }
}
