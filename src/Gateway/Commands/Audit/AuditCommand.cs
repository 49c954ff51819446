using System.CommandLine;
using System.Text.Json;
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
        var json = new Option<bool>("--json") { Description = "Print one JSON object per event." };
        var tail = new Command("tail", "Print the last audit events.") { lines, follow, json };
        tail.SetAction((parsed, cancel) => TailAsync(
            Math.Clamp(parsed.GetValue(lines), 0, LinesAtMost), parsed.GetValue(follow), parsed.GetValue(json), cancel));
        return new Command("audit", "Read, verify, export and retire the audit.")
        {
            tail, AuditVerify.Create(), AuditExport.Create(), AuditRetire.Create(), AuditKeygen.Create(),
        };
    }

    private static async Task<int> TailAsync(int lines, bool follow, bool json, CancellationToken cancel)
    {
        var settings = Settings.LoadFor(SettingTable.Database);
        await using var database = LedgerDatabase.Open(settings.Database);
        var tail = new AuditTail(database);
        Print(await tail.LastAsync(lines, cancel), json);
        try
        {
            while (follow)
            {
                await Task.Delay(Pause, cancel);
                Print(await tail.NextAsync(cancel), json);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
        }

        return ExitCode.Ok;
    }

    private static void Print(IEnumerable<AuditLine> added, bool json)
    {
        var colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        foreach (var line in added)
        {
            Console.Out.WriteLine(json ? JsonSerializer.Serialize(line, AuditLineJson.Default.AuditLine) : line.Format(colours));
        }
    }
}
