using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>A program under test: has only the environment it is given, and ends with everything it started.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const string SetSid = "/usr/bin/setsid";

    private static readonly string[] InheritedNames =
        ["PATH", "HOME", "TMPDIR", "DOTNET_ROOT", "DOTNET_ROOT_X64", "DOTNET_ROOT_ARM64"];

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();

    private ChildProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Append(_error, line.Data);
    }

    public string Output => Read(_output);

    public string Error => Read(_error);

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    public static ChildProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment, string workFolder)
    {
        // A session of its own makes the child the leader of a process group, so that all of it can be ended at once.
        var start = new ProcessStartInfo(File.Exists(SetSid) ? SetSid : program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = workFolder,
        };
        foreach (var argument in File.Exists(SetSid) ? arguments.Prepend(program) : arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        var child = new ChildProcess(start);
        child._process.Start();
        child._process.StandardInput.Close();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>What a program needs to start at all, and nothing that could configure it.</summary>
    public static Dictionary<string, string> PlainEnvironment() => InheritedNames
        .Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name)))
        .Where(variable => !string.IsNullOrEmpty(variable.Value))
        .ToDictionary(variable => variable.Name, variable => variable.Value!);

    /// <summary>False when the time was over first; the process is then still running.</summary>
    public async Task<bool> WaitForExitAsync(TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(deadline.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Asks the process to end, as an operator would.</summary>
    public Task TerminateAsync() => SignalAsync("TERM", _process.Id.ToString(CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(SetSid))
        {
            await SignalAsync("KILL", string.Create(CultureInfo.InvariantCulture, $"-{_process.Id}"));
        }
        else if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await WaitForExitAsync(TimeSpan.FromSeconds(10));
        _process.Dispose();
    }

    private static async Task SignalAsync(string signal, string target)
    {
        var start = new ProcessStartInfo("kill", ["-s", signal, "--", target]) { RedirectStandardError = true };
        using var kill = Process.Start(start) ?? throw new InvalidOperationException("kill did not start.");
        await kill.WaitForExitAsync();
    }

    private static void Append(StringBuilder text, string? line)
    {
        if (line is not null)
        {
            lock (text)
            {
                text.AppendLine(line);
            }
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
