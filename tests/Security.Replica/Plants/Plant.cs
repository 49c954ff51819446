namespace AgentGateway.Security.Replica.Plants;

/// <summary>The wrong pieces by name: each is a mistake that somebody might make in good faith.</summary>
internal static class Plant
{
    private static readonly Dictionary<string, Action<IServiceCollection>> All = new(StringComparer.Ordinal)
    {
        ["ttl-cache"] = services => services.AddSingleton(LooseAdmission.CachedForASecond),
        ["check-then-insert"] = services => services.AddSingleton(LooseAdmission.CheckThenInsert),
        ["insert-select"] = services => services.AddSingleton(LooseAdmission.InsertSelect),
    };

    public static Action<IServiceCollection> Named(string name) => All.TryGetValue(name, out var plant)
        ? plant
        : throw new ArgumentException($"There is no plant {name}; there are {string.Join(", ", All.Keys)}.");
}
