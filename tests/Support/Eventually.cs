using System.Diagnostics;

namespace AgentGateway.Support;

/// <summary>Waits for a condition, never for time.</summary>
public static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (var watch = Stopwatch.StartNew(); !await condition();)
        {
            if (watch.Elapsed > Limit)
            {
                throw new TimeoutException($"The condition did not come true within {Limit.TotalSeconds} s.");
            }

            await Task.Delay(25);
        }
    }
}
