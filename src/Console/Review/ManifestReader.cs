using System.Text.Json;

namespace AgentGateway.Console.Review;

/// <summary>The manifest does not hold; the message lists its faults as the gateway says them.</summary>
internal sealed class ManifestFaultyException(string message) : Exception(message);

/// <summary>Has the gateway read the manifest, once for each state of its files.</summary>
internal sealed class ManifestReader(ConsoleSettings settings, GatewayProgram gateway) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _one = new(1);
    private (string State, ManifestView View)? _last;

    public async Task<ManifestView> ReadAsync(CancellationToken cancel)
    {
        var state = StateOf(settings.ManifestDir) + StateOf(settings.PreviousManifestDir);
        if (_last is { } known && known.State == state)
        {
            return known.View;
        }

        await _one.WaitAsync(cancel);
        try
        {
            if (_last is { } meanwhile && meanwhile.State == state)
            {
                return meanwhile.View;
            }

            var routes = await AskAsync(["routes", "--config", settings.ManifestDir, "--json"], cancel);
            var difference = settings.PreviousManifestDir is { } before
                ? await AskAsync(["diff", before, settings.ManifestDir, "--json"], cancel)
                : null;
            var view = new ManifestView(
                JsonSerializer.Deserialize(routes, ReviewJson.Default.RouteList) ?? throw new JsonException("No routes."),
                difference is null ? null : JsonSerializer.Deserialize(difference, ReviewJson.Default.ManifestDifference));
            _last = (state, view);
            return view;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<string> AskAsync(string[] arguments, CancellationToken cancel)
    {
        var answer = await gateway.AskAsync(arguments, Patience, onError: null, cancel);
        return answer.ExitCode == 0 ? answer.Output : throw new ManifestFaultyException(answer.Errors.Trim());
    }

    // Names, sizes and times of all files: enough to see that somebody has put another manifest there.
    private static string StateOf(string? folder) => folder is null ? "" : string.Join('\n', new DirectoryInfo(folder)
        .EnumerateFiles("*.json", SearchOption.AllDirectories)
        .Select(file => $"{file.FullName} {file.Length} {file.LastWriteTimeUtc.Ticks}")
        .Order(StringComparer.Ordinal));
}
