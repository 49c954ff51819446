using System.Globalization;
using Npgsql;

namespace AgentGateway.Tasker.Seed;

/// <summary><c>tasker seed</c>: fills the tracker and says what is there; with <c>--json</c> for programs.</summary>
internal static class SeedCommand
{
    public static async Task RunAsync(NpgsqlDataSource database, TimeProvider clock, bool json, TextWriter output, CancellationToken cancel)
    {
        var report = await new TrackerSeed(database, clock).RunAsync(cancel);
        if (json)
        {
            await output.WriteLineAsync(TrackerSeed.ToJson(report));
            return;
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Workspace {report.Workspace}, owner {report.Owner.Name}, projects {string.Join(", ", report.Projects.Select(project => project.Key))}."));
    }
}
