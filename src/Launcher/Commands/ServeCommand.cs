using AgentGateway.Launcher.Storage;
using Npgsql;

namespace AgentGateway.Launcher.Commands;

/// <summary>Serves until it is told to stop; refuses to start on a database that is older than the program.</summary>
internal static class ServeCommand
{
    private const int NotMigrated = 3;

    public static async Task<int> RunAsync(LauncherSettings settings, CancellationToken cancel)
    {
        try
        {
            if (Migrator.IsPending(settings.Database))
            {
                await Console.Error.WriteLineAsync("launcher: the database is older than this program; run \"launcher migrate\" first.");
                return NotMigrated;
            }
        }
        catch (NpgsqlException unreachable)
        {
            await Console.Error.WriteLineAsync($"launcher: the database cannot be reached: {unreachable.Message}");
            return NotMigrated;
        }

        await using var app = LauncherHost.Build(settings);
        await app.StartAsync(cancel);
        await app.WaitForShutdownAsync(cancel);
        return 0;
    }
}
