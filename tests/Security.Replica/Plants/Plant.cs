namespace AgentGateway.Security.Replica.Plants;

/// <summary>The wrong pieces by name, registered after the right ones: each is a mistake somebody might make in good faith.</summary>
internal static class Plant
{
    private static readonly Dictionary<string, Action<IServiceCollection>> All = new(StringComparer.Ordinal)
    {
        ["ttl-cache"] = services => services.AddSingleton(LooseAdmission.CachedForASecond),
        ["check-then-insert"] = services => services.AddSingleton(LooseAdmission.CheckThenInsert),
        ["insert-select"] = services => services.AddSingleton(LooseAdmission.InsertSelect),
        ["audit-after-call"] = AuditAfterCall.Plant,
        ["no-epoch"] = NoEpoch.Plant,
        ["check-then-claim"] = CheckThenClaim.Plant,
        ["retry-without-dedupe"] = WrongSender.PlantFreshKeys,
        ["cancel-on-disconnect"] = WrongSender.PlantCancelOnDisconnect,
        ["reconcile-by-get"] = ReconcileByGet.Plant,
    };

    public static Action<IServiceCollection> Named(string name) => All.TryGetValue(name, out var plant)
        ? plant
        : throw new ArgumentException($"There is no plant {name}; there are {string.Join(", ", All.Keys)}.");
}
