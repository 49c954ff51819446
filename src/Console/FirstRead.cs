using AgentGateway.Console.Review;

namespace AgentGateway.Console;

/// <summary>Has the manifest read before the first visitor asks for it.</summary>
internal sealed class FirstRead(ManifestReader manifest, ILogger<FirstRead> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        try
        {
            await manifest.ReadAsync(stoppingToken);
        }
        catch (Exception failure) when (failure is ManifestFaultyException or GatewayProgramException or System.Text.Json.JsonException)
        {
            log.ManifestNotReady(failure);
        }
    }
}
