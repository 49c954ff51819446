namespace AgentGateway.Launcher.Configure;

/// <summary>Every token the Launcher knows or presents, as they are now; no value opens two doors.</summary>
internal sealed class LauncherTokens(LauncherSettings settings)
{
    /// <summary>Opens the administrators' API.</summary>
    public LiveTokens Api { get; } = new("LAUNCHER_API_TOKEN", settings.ApiTokens);

    /// <summary>Opens the access check.</summary>
    public LiveTokens Internal { get; } = new("LAUNCHER_INTERNAL_TOKEN", settings.InternalTokens);

    /// <summary>Presented to the gateway.</summary>
    public LiveTokens Gateway { get; } = new("LAUNCHER_GATEWAY_TOKEN", settings.GatewayToken.Split(','));

    public IReadOnlyList<LiveTokens> All => [Api, Internal, Gateway];

    /// <summary>The other door that one of the values opens already; null: none.</summary>
    public string? SharedWith(LiveTokens tokens, IReadOnlyList<string> values) =>
        All.FirstOrDefault(other => other != tokens && other.Values.Intersect(values).Any())?.Name;
}
