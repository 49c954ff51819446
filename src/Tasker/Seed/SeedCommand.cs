using AgentGateway.Tasker.Storage;
using Npgsql;

namespace AgentGateway.Tasker.Seed;

/// <summary><c>tasker seed</c>: fills a migrated tracker and says what is there; with <c>--json</c> for programs.</summary>
internal static class SeedCommand
{
    private const int Failed = 1;

    public static Task<int> RunAsync(TaskerSettings settings, CancellationToken cancel) => RunAsync(settings, Describe, cancel);

    public static Task<int> RunForProgramsAsync(TaskerSettings settings, CancellationToken cancel) =>
        RunAsync(settings, TrackerSeed.ToJson, cancel);

    private static async Task<int> RunAsync(TaskerSettings settings, Func<SeedReport, string> tell, CancellationToken cancel)
    {
        try
        {
            if (Migrator.IsPending(settings.Database))
            {
                await Console.Error.WriteLineAsync("tasker: the database is older than this program; run \"tasker migrate\" first.");
                return Failed;
            }

            await using var database = NpgsqlDataSource.Create(settings.Database);
            var report = await new TrackerSeed(database, TimeProvider.System).RunAsync(cancel);
            await Console.Out.WriteLineAsync(tell(report));
            return 0;
        }
        catch (NpgsqlException broken)
        {
            await Console.Error.WriteLineAsync($"tasker: the sample workspace could not be written: {broken.Message}");
            return Failed;
        }
    }

    private static string Describe(SeedReport report)
    {
        var keys = string.Join(", ", report.Projects.Select(project => project.Key));
        return $"Workspace {report.Workspace}, owner {report.Owner.Name}, projects {keys}.";
    }
}
