using System.Diagnostics;
using System.Globalization;
using AgentGateway.Support;

namespace AgentGateway.Bench.Rig;

/// <summary>A server of this run; gone when disposed.</summary>
internal sealed class RunningProgram(string name, Process process, string log, Reaper reaper) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public string Name => name;

    public int Id { get; } = process.Id;

    public bool HasExited => process.HasExited;

    /// <summary>The end of what it printed.</summary>
    public string Log
    {
        get
        {
            var text = File.Exists(log) ? File.ReadAllText(log) : "";
            return text[^Math.Min(text.Length, 4000)..];
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            // The bench's own servers end with their input, the product's as an operator would end them.
            process.StandardInput.Close();
            using var kill = Process.Start("kill", ["-s", "TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync();
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        reaper.Forget(Id);
        process.Dispose();
    }
}
