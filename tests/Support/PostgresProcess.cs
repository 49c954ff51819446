using System.Diagnostics;
using System.Globalization;

namespace AgentGateway.Support;

/// <summary>The signals the tests send to a server.</summary>
internal static class UnixSignal
{
    public const string Interrupt = "INT";
    public const string Quit = "QUIT";
    public const string Terminate = "TERM";
    public const string Stop = "STOP";
    public const string Continue = "CONT";
}

/// <summary>A Postgres program that runs as an ordinary user even when the tests run as root.</summary>
internal sealed class PostgresProcess
{
    public const string ServerUser = "postgres";

    private readonly Process _process;

    private PostgresProcess(Process process) => _process = process;

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static bool AsRoot { get; } = !OperatingSystem.IsWindows() && Environment.UserName == "root";

    /// <summary>Output goes to the file through the shell, so that a full pipe never stalls the server.</summary>
    public static PostgresProcess Start(string program, IEnumerable<string> arguments, string log)
    {
        // A shell in between only to redirect: exec keeps the process id, setpriv too.
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, WorkingDirectory = "/" };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null");
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(log);
        if (AsRoot)
        {
            foreach (var word in (string[])["setpriv", $"--reuid={ServerUser}", $"--regid={ServerUser}", "--clear-groups"])
            {
                start.ArgumentList.Add(word);
            }
        }

        start.ArgumentList.Add(Path.Combine(PostgresBinaries.Directory, program));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        return new PostgresProcess(Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start."));
    }

    public int ExitCode => _process.ExitCode;

    public void Signal(string signal) => Kill(signal, Id);

    public void SignalFamily(string signal)
    {
        // The postmaster first: a stopped postmaster forks no one we would miss.
        Kill(signal, Id);
        using var list = Process.Start(new ProcessStartInfo("pgrep", ["-P", Id.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardOutput = true,
        })!;
        foreach (var line in list.StandardOutput.ReadToEnd().Split(
            '\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            Kill(signal, int.Parse(line, CultureInfo.InvariantCulture));
        }
    }

    public Task WaitForExitAsync() => _process.WaitForExitAsync();

    /// <summary>The command line of a running process; empty when there is none.</summary>
    public static string CommandLine(int process)
    {
        using var list = Process.Start(
            new ProcessStartInfo("ps", ["-o", "args=", "-p", process.ToString(CultureInfo.InvariantCulture)])
            {
                RedirectStandardOutput = true,
            })!;
        return list.StandardOutput.ReadToEnd();
    }

    public static void Kill(string signal, int process)
    {
        using var kill = Process.Start("kill", ["-s", signal, process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
