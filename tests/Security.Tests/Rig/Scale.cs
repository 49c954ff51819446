// The suites share the machine with the servers they start.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace AgentGateway.Security.Tests.Rig;

/// <summary>How long the suites run: in minutes for everybody, in depth when asked.</summary>
internal static class Scale
{
    private const int FixedSeed = 20260728;

    public static bool IsFull { get; } = Environment.GetEnvironmentVariable("AGENT_GATEWAY_FULL") == "1";

    /// <summary>The same at every run, unless another one is asked for.</summary>
    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("AGENT_GATEWAY_SEED"), out var seed) ? seed : FixedSeed;

    public static int Of(int reduced, int full) => IsFull ? full : reduced;
}
