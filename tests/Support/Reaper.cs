using System.Diagnostics;

namespace AgentGateway.Support;

/// <summary>Ends what was started, and removes its folder, when its input ends: even when the program that started it is killed.</summary>
public sealed class Reaper : IDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        # What has ended and whose end nobody has asked for yet is still listed.
        lives() { case "$(ps -o stat= -p "$1")" in '' | Z*) return 1 ;; esac; }
        pids=
        while read -r verb pid; do
          rest=
          for one in $pids; do [ "$one" = "$pid" ] || rest="$rest $one"; done
          pids=$rest
          [ "$verb" = drop ] || pids="$pids $pid"
        done
        # A server that has workers must be let end them; one that was stopped hears of it only when it goes on.
        for one in $pids; do
          pkill -CONT -P "$one" 2>/dev/null
          kill -CONT "$one" 2>/dev/null
          kill -TERM "$one" 2>/dev/null
        done
        left=50
        for one in $pids; do
          while lives "$one" && [ "$left" -gt 0 ]; do sleep 0.1; left=$((left - 1)); done
          kill -KILL "$one" 2>/dev/null
        done
        [ -z "$1" ] || rm -rf -- "$1"
        """;

    private static readonly Lazy<Reaper> Shared = new(() => new Reaper());

    private readonly Process _shell;

    /// <param name="folder">What is removed in the end.</param>
    public Reaper(string folder = "")
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        start.ArgumentList.Add("sh");
        start.ArgumentList.Add(folder);
        _shell = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start.");
        _shell.StandardInput.AutoFlush = true;
    }

    /// <summary>For all that belongs to this process as a whole.</summary>
    public static Reaper OfThisProcess => Shared.Value;

    public void Watch(int process) => Write("add", process);

    public void Forget(int process) => Write("drop", process);

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit(TimeSpan.FromSeconds(10));
        _shell.Dispose();
    }

    private void Write(string verb, int process)
    {
        lock (_shell)
        {
            _shell.StandardInput.WriteLine($"{verb} {process}");
        }
    }
}
