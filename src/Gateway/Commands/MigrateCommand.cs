using System.CommandLine;
using AgentGateway.Gateway.Configure;
using AgentGateway.Gateway.Ledger.Migrations;

namespace AgentGateway.Gateway.Commands;

/// <summary><c>gateway migrate</c>: brings the database to this program's schema.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var command = new Command(
            "migrate", "Bring the database to this program's schema; safe to repeat and to run in parallel.");
        command.SetAction((_, cancel) => RunAsync(cancel));
        return command;
    }

    private static async Task<int> RunAsync(CancellationToken cancel)
    {
        var settings = Settings.LoadFor(SettingTable.Database);
        var scripts = await Migration.RunAsync(settings.MigrationDatabase, settings.Database, cancel);
        Console.Out.WriteLine(scripts.Count == 0
            ? $"Schema {Schema.Expected} was there already."
            : $"Schema {Schema.Expected}: ran {string.Join(", ", scripts)}.");
        return ExitCode.Ok;
    }
}
