using AgentGateway.Tasker.Storage;
using Npgsql;

namespace AgentGateway.Tasker.Commands;

/// <summary>Serves until it is told to stop; refuses to start on a database that is older than the program.</summary>
internal static class ServeCommand
{
    private const int NotMigrated = 3;

    public static async Task<int> RunAsync(TaskerSettings settings, CancellationToken cancel)
    {
        try
        {
            if (Migrator.IsPending(settings.Database))
            {
                await Console.Error.WriteLineAsync("tasker: the database is older than this program; run \"tasker migrate\" first.");
                return NotMigrated;
            }
        }
        catch (NpgsqlException unreachable)
        {
            await Console.Error.WriteLineAsync($"tasker: the database cannot be reached: {unreachable.Message}");
            return NotMigrated;
        }

        await using var app = TaskerHost.Build(settings);
        await app.StartAsync(cancel);
        await app.WaitForShutdownAsync(cancel);
        return 0;
    }
}
