using System.CommandLine;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Migrations;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway migrate</c>: brings the database to this program's schema.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var json = new Option<bool>("--json") { Description = "Print one JSON object." };
        var command = new Command(
            "migrate", "Bring the database to this program's schema; safe to repeat and to run in parallel.")
        {
            json,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task<int> RunAsync(bool json, CancellationToken cancel)
    {
        var settings = Settings.LoadFor(SettingTable.Database);
        var scripts = await Migration.RunAsync(settings.MigrationDatabase, settings.Database, cancel);
        Console.Out.WriteLine(
            json ? $$"""{"schema":{{Schema.Expected}},"ran":[{{string.Join(',', scripts.Select(script => $"\"{script}\""))}}]}"""
            : scripts.Count == 0 ? $"Schema {Schema.Expected} was there already."
            : $"Schema {Schema.Expected}: ran {string.Join(", ", scripts)}.");
        return ExitCode.Ok;
    }
}
