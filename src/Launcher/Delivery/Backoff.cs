using System.Security.Cryptography;

namespace AgentGateway.Launcher.Delivery;

/// <summary>How long to wait after a failed attempt: doubling, never above 30 seconds, and never in step with others.</summary>
internal static class Backoff
{
    private const int FirstMilliseconds = 250;
    private const int MostMilliseconds = 30_000;
    private const int MostDoublings = 7;

    public static TimeSpan After(int failures)
    {
        var whole = Math.Min(MostMilliseconds, FirstMilliseconds << Math.Clamp(failures - 1, 0, MostDoublings));
        return TimeSpan.FromMilliseconds(RandomNumberGenerator.GetInt32(whole / 2, whole + 1));
    }
}
