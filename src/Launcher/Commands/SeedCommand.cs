using System.Text.Json;
using AgentGateway.Launcher.Seed;
using AgentGateway.Launcher.Storage;
using AgentGateway.Launcher.Web;
using Npgsql;

namespace AgentGateway.Launcher.Commands;

/// <summary><c>launcher seed</c>: fills a migrated database and says what is there; with <c>--json</c> for programs.</summary>
internal static class SeedCommand
{
    private const int Failed = 1;

    public static Task<int> RunAsync(LauncherSettings settings, CancellationToken cancel) => RunAsync(settings, Describe, cancel);

    public static Task<int> RunForProgramsAsync(LauncherSettings settings, CancellationToken cancel) =>
        RunAsync(settings, report => JsonSerializer.Serialize(report, LauncherJson.Wire.SeedReport), cancel);

    private static async Task<int> RunAsync(LauncherSettings settings, Func<SeedReport, string> tell, CancellationToken cancel)
    {
        try
        {
            if (Migrator.IsPending(settings.Database))
            {
                await Console.Error.WriteLineAsync("launcher: the database is older than this program; run \"launcher migrate\" first.");
                return Failed;
            }

            await using var database = LauncherDatabase.Open(settings.Database);
            await Console.Out.WriteLineAsync(tell(await LauncherSeed.RunAsync(database, cancel)));
            return 0;
        }
        catch (NpgsqlException broken)
        {
            await Console.Error.WriteLineAsync($"launcher: the sample client could not be written: {broken.Message}");
            return Failed;
        }
    }

    private static string Describe(SeedReport report)
    {
        var names = string.Join(", ", report.Users.Select(user => user.Entitled ? $"{user.Name} (entitled)" : user.Name));
        return $"Client {report.Client}, contour {report.Contour}, users {names}.";
    }
}
