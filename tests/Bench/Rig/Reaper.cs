using System.Diagnostics;
using System.Globalization;

namespace AgentGateway.Bench.Rig;

/// <summary>Ends what the bench started even when the bench itself is killed: its standard input ends with us, then it acts.</summary>
internal sealed class Reaper : IDisposable
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

    private readonly Process _shell;

    public Reaper()
    {
        var start = new ProcessStartInfo("/bin/sh") { RedirectStandardInput = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        _shell = Process.Start(start) ?? throw new InvalidOperationException("/bin/sh did not start.");
        _shell.StandardInput.AutoFlush = true;
    }

    public void Watch(int process) => Write("add", process);

    public void Forget(int process) => Write("drop", process);

    public void Dispose()
    {
        _shell.StandardInput.Close();
        _shell.WaitForExit(TimeSpan.FromSeconds(5));
        _shell.Dispose();
    }

    private void Write(string verb, int process) =>
        _shell.StandardInput.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{verb} {process}"));
}
