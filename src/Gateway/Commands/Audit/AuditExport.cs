using System.CommandLine;
using System.Globalization;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Commands.Audit;

/// <summary><c>gateway audit export</c>: the audit as lines for other programs; an interrupted export goes on where it ended.</summary>
internal static class AuditExport
{
    public static Command Create()
    {
        var format = new Option<string>("--format") { Description = "ndjson or csv.", DefaultValueFactory = _ => "ndjson" };
        format.AcceptOnlyFromAmong("ndjson", "csv");
        var from = new Option<string?>("--from") { Description = "Events from then on.", HelpName = "MOMENT" };
        var to = new Option<string?>("--to") { Description = "Events before then.", HelpName = "MOMENT" };
        var agent = new Option<string?>("--agent") { Description = "Events of one agent, by its id." };
        var after = new Option<string?>("--after") { Description = "Events after this cursor: the member cursor of a line." };
        var file = new Option<string?>("--out") { Description = "File to append to, after its last whole line; else stdout." };
        var command = new Command("export", "Write events as NDJSON or CSV, in the order of sealing.")
        {
            format, from, to, agent, after, file,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var cursor = parsed.GetValue(after) is { } text
                ? ExportCursor.Parse(text) ?? throw new UsageException("--after takes the cursor of an exported line.")
                : default;
            var wish = new ExportWish
            {
                Csv = parsed.GetRequiredValue(format) == "csv",
                From = AuditVerify.Parse(parsed.GetValue(from), "--from"),
                To = AuditVerify.Parse(parsed.GetValue(to), "--to"),
                Agent = parsed.GetValue(agent),
                After = cursor,
            };
            return await RunAsync(wish, parsed.GetValue(file), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(ExportWish wish, string? path, CancellationToken cancel)
    {
        var settings = Settings.LoadFor(SettingTable.Database);
        await using var database = AuditVerify.OpenPatiently(settings.Database);
        await using var target = path is null ? Console.OpenStandardOutput() : ExportFile.Open(path);
        if (target is FileStream existing && ExportFile.LastCursor(existing, wish.Csv) is { } cursor)
        {
            wish = wish with { After = cursor, Headed = true };
        }

        var written = await AuditExporter.RunAsync(database, wish, target, cancel);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{written} events."));
        return ExitCode.Ok;
    }
}
