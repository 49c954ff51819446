using System.Text.Json;
using AgentGateway.Launcher.SignIn;
using AgentGateway.Launcher.Storage;
using AgentGateway.Launcher.Web;
using Npgsql;

namespace AgentGateway.Launcher.Commands;

/// <summary>What <c>launcher sign-in --json</c> prints.</summary>
internal sealed record SignInReport(Guid User, string Name, Uri Url, DateTime ExpiresAt);

/// <summary><c>launcher sign-in</c>: prints a link that signs one person in once; whoever may run it holds the database.</summary>
internal static class SignInCommand
{
    private const int Failed = 1;

    public static Task<int> RunAsync(LauncherSettings settings, string user, CancellationToken cancel) => RunAsync(
        settings, user, report => $"Within five minutes and once, this signs {report.Name} in:\n{report.Url}", cancel);

    public static Task<int> RunForProgramsAsync(LauncherSettings settings, string user, CancellationToken cancel) => RunAsync(
        settings, user, report => JsonSerializer.Serialize(report, LauncherJson.Wire.SignInReport), cancel);

    private static async Task<int> RunAsync(
        LauncherSettings settings, string user, Func<SignInReport, string> tell, CancellationToken cancel)
    {
        try
        {
            await using var database = LauncherDatabase.Open(settings.Database);
            if (Guid.TryParseExact(user, "D", out var id) && await new SignInLinks(database).MakeAsync(id, cancel) is { } link)
            {
                var url = new Uri(settings.PublicAddress, "/sign-in/" + link.Code);
                await Console.Out.WriteLineAsync(tell(new SignInReport(link.User, link.Name, url, link.ExpiresAt)));
                return 0;
            }

            await Console.Error.WriteLineAsync("launcher: nobody who is not blocked has this id.");
        }
        catch (NpgsqlException broken)
        {
            await Console.Error.WriteLineAsync($"launcher: the link could not be stored: {broken.Message}");
        }

        return Failed;
    }
}
