namespace AgentGateway.Security.Tests.Rig;

/// <summary>Choices that are the same at every run with the same seed (SplitMix64).</summary>
internal sealed class Seeded(int seed)
{
    private ulong _state = (ulong)(uint)seed;

    public int Below(int limit)
    {
        _state += 0x9E3779B97F4A7C15;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)((mixed ^ (mixed >> 31)) % (ulong)limit);
    }

    public T Of<T>(IReadOnlyList<T> choices) => choices[Below(choices.Count)];
}
