using AgentGateway.Launcher.Configure;
using AgentGateway.Launcher.Delivery;
using AgentGateway.Launcher.Storage;
using Npgsql;

namespace AgentGateway.Launcher.Commands;

/// <summary><c>launcher resync</c>: posts every entitlement to the gateway and says how many it took.</summary>
internal static class ResyncCommand
{
    private const int Failed = 1;

    public static async Task<int> RunAsync(LauncherSettings settings, CancellationToken cancel)
    {
        try
        {
            await using var database = LauncherDatabase.Open(settings.Database);
            using var gateway = new GatewayClient(settings, new LauncherTokens(settings));
            var (sent, error) = await new Resync(database, gateway).RunAsync(cancel);
            await Console.Out.WriteLineAsync($"The gateway took {sent} entitlements.");
            if (error is null)
            {
                return 0;
            }

            await Console.Error.WriteLineAsync($"launcher: the gateway did not take the rest: {error}.");
        }
        catch (NpgsqlException broken)
        {
            await Console.Error.WriteLineAsync($"launcher: the entitlements could not be read: {broken.Message}");
        }

        return Failed;
    }
}
