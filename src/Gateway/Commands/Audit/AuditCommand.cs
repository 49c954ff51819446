using System.CommandLine;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary><c>gateway audit tail</c>: the last events of the book as lines a person can read.</summary>
internal static class AuditCommand
{
    private const int LinesAtMost = 10_000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static Command Create()
    {
        var lines = new Option<int>("-n", "--lines")
        {
            Description = "How many events to begin with.",
            DefaultValueFactory = _ => 20,
        };
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with new events as they come." };
        var tail = new Command("tail", "Print the last audit events.") { lines, follow };
        tail.SetAction((parsed, cancel) =>
            TailAsync(Math.Clamp(parsed.GetValue(lines), 0, LinesAtMost), parsed.GetValue(follow), cancel));
        return new Command("audit", "Read, verify, export and retire the audit.")
        {
            tail, AuditVerify.Create(), AuditExport.Create(), AuditRetire.Create(), AuditKeygen.Create(),
        };
    }

    private static async Task<int> TailAsync(int lines, bool follow, CancellationToken cancel)
    {
        var settings = Settings.LoadFor(SettingTable.Database);
        await using var database = LedgerDatabase.Open(settings.Database);
        var tail = new AuditTail(database);
        Print(await tail.LastAsync(lines, cancel));
        try
        {
            while (follow)
            {
                await Task.Delay(Pause, cancel);
                Print(await tail.NextAsync(cancel));
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
        }

        return ExitCode.Ok;
    }

    private static void Print(IEnumerable<AuditLine> added)
    {
        var colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        foreach (var line in added)
        {
            Console.Out.WriteLine(line.Format(colours));
        }
    }
}
