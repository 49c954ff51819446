using System.Diagnostics;
using System.Net.Sockets;
using AgentGateway.Bench.Load;
using AgentGateway.Support;

namespace AgentGateway.Bench.Rig;

/// <summary>Starts the programs of one run: with only the environment they are given, their output in one folder.</summary>
internal sealed class Programs : IDisposable
{
    // The last two are for who looks at them with perf.
    private static readonly string[] Inherited =
        ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "DOTNET_CLI_HOME", "DOTNET_PerfMapEnabled", "DOTNET_EnableWriteXorExecute"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // A command may read a whole table.
    private static readonly TimeSpan CommandPatience = TimeSpan.FromMinutes(30);

    private readonly Reaper _reaper;

    public Programs() => _reaper = new Reaper(Folder);

    /// <summary>Logs, sockets and configurations of this run; removed with it.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("agw-bench-").FullName;

    public static string Repository { get; } = FindRepository();

    public static string Gateway => Path.Combine(Repository, "artifacts", "bin", "Gateway", "release", "gateway");

    public RunningProgram Start(
        string name, string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var log = Path.Combine(Folder, name + ".log");
        // The shell only redirects: exec keeps the process id.
        const string Redirect = "log=$1; shift; exec \"$@\" >>\"$log\" 2>&1";
        var start = Prepare("/bin/sh", ["-c", Redirect, "sh", log, program, .. arguments], environment);
        start.RedirectStandardInput = true;
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{name} did not start.");
        _reaper.Watch(process.Id);
        return new RunningProgram(name, process, log, _reaper);
    }

    /// <summary>One of the bench's own servers.</summary>
    public RunningProgram StartOwn(string name, params string[] arguments) =>
        Start(name, Environment.ProcessPath!, arguments, new Dictionary<string, string>());

    /// <summary>Runs a command to its end; answers its standard output.</summary>
    public static async Task<string> RunAsync(
        string program, string[] arguments, IReadOnlyDictionary<string, string> environment, CancellationToken cancel)
    {
        var start = Prepare(program, arguments, environment);
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(CommandPatience);
        var command = $"{Path.GetFileName(program)} {arguments[0]}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{command} did not start.");
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException($"{command} ended with {process.ExitCode}:\n{await error}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new InvalidOperationException($"{command} did not end within {CommandPatience.TotalMinutes} minutes.");
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }

    /// <summary>Connects as soon as somebody listens there.</summary>
    public static async Task<LoadConnection> ConnectAsync(RunningProgram program, int port, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(Patience);
        while (true)
        {
            try
            {
                return await LoadConnection.OpenAsync(port, deadline.Token);
            }
            catch (SocketException) when (!program.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(2), deadline.Token);
            }
            catch (Exception failure) when (
                failure is SocketException or OperationCanceledException && !cancel.IsCancellationRequested)
            {
                throw new InvalidOperationException($"{program.Name} does not listen:\n{program.Log}", failure);
            }
        }
    }

    public void Dispose() => _reaper.Dispose();

    private static ProcessStartInfo Prepare(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, WorkingDirectory = Repository };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var name in Inherited)
        {
            start.Environment[name] = Environment.GetEnvironmentVariable(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "ProxyGateway.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("ProxyGateway.sln is in no folder above the bench.");
    }
}
