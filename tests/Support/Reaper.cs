using System.Diagnostics;

namespace AgentGateway.Support;

/// <summary>Ends what the tests started when their process is gone, even when it was killed.</summary>
internal static class Reaper
{
    private const string Script = """
        trap '' INT TERM HUP
        pids=
        while read -r verb pid; do
          rest=
          for one in $pids; do [ "$one" = "$pid" ] || rest="$rest $one"; done
          pids=$rest
          [ "$verb" = drop ] || pids="$pids $pid"
        done
        [ -z "$pids" ] || kill -KILL $pids 2>/dev/null
        """;

    private static readonly Lazy<Process> Shell = new(Start);

    public static void Watch(int process) => Write($"add {process}");

    public static void Forget(int process) => Write($"drop {process}");

    private static Process Start()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        var shell = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start.");
        shell.StandardInput.AutoFlush = true;
        return shell;
    }

    private static void Write(string line)
    {
        lock (Shell)
        {
            Shell.Value.StandardInput.WriteLine(line);
        }
    }
}
