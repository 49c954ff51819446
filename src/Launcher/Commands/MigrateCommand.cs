using AgentGateway.Launcher.Storage;
using Npgsql;

namespace AgentGateway.Launcher.Commands;

/// <summary>Brings the schema up to date; says what it applied.</summary>
internal static class MigrateCommand
{
    private const int Failed = 1;

    public static async Task<int> RunAsync(LauncherSettings settings, CancellationToken cancel)
    {
        try
        {
            var applied = await Migrator.ApplyAsync(settings.Database, cancel);
            await Console.Out.WriteLineAsync(applied.Count == 0
                ? "The schema is up to date."
                : $"Applied: {string.Join(", ", applied)}.");
            return 0;
        }
        catch (NpgsqlException broken)
        {
            await Console.Error.WriteLineAsync($"launcher: the schema could not be brought up to date: {broken.Message}");
            return Failed;
        }
    }
}
