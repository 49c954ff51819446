using AgentGateway.EndToEnd.Tests.System;
using AgentGateway.Support;

namespace AgentGateway.EndToEnd.Tests.Ship;

/// <summary>The environments of a fleet: every secret that can be rotated is in a file, and every program is told of the file alone.</summary>
internal sealed class FleetSettings
{
    public const string InternalToken = "gateway-internal-token";
    public const string BackendToken = "backends-internal-token";
    public const string TaskerAccepts = "tasker-internal-tokens";
    public const string TaskerPresented = "presented-to-tasker";
    public const string LauncherAccepts = "launcher-internal-tokens";
    public const string LauncherPresented = "presented-to-launcher";
    public const string LauncherApi = "launcher-api-token";
    public const string Pepper = "token-pepper";

    private readonly string _keySecret = SecretFolder.Fresh();
    private readonly string _assertionKey = SecretFolder.Fresh();
    private readonly string _rawApiKey = SecretFolder.Fresh();

    public required SecretFolder Secrets { get; init; }

    public required string GatewayDatabase { get; init; }

    public required string TaskerDatabase { get; init; }

    public required string LauncherDatabase { get; init; }

    public Uri Tasker { get; } = Loopback.FreeAddress();

    public Uri Launcher { get; } = Loopback.FreeAddress();

    public IReadOnlyList<(Uri Agents, Uri Inside)> Replicas { get; } =
        [.. Enumerable.Range(0, Fleet.Replicas).Select(_ => (Loopback.FreeAddress(), Loopback.FreeAddress()))];

    public static async Task<FleetSettings> NewAsync(TemporaryFolder folder)
    {
        var cluster = await PostgresCluster.SharedAsync();
        var secrets = new SecretFolder(folder);
        var settings = new FleetSettings
        {
            Secrets = secrets,
            GatewayDatabase = await cluster.CreateDatabaseAsync(),
            TaskerDatabase = await cluster.CreateDatabaseAsync(),
            LauncherDatabase = await cluster.CreateDatabaseAsync(),
        };
        foreach (var (accepts, presents) in
            new[] { (InternalToken, BackendToken), (TaskerAccepts, TaskerPresented), (LauncherAccepts, LauncherPresented) })
        {
            secrets.Put(accepts, SecretFolder.Fresh());
            secrets.Put(presents, secrets[accepts]);
        }

        secrets.Put(LauncherApi, SecretFolder.Fresh());
        secrets.Put(Pepper, SecretFolder.Fresh());
        return settings;
    }

    public Dictionary<string, string> AsTasker() => new(ChildProcess.PlainEnvironment())
    {
        ["TASKER_URLS"] = Bare(Tasker),
        ["TASKER_DATABASE"] = TaskerDatabase,
        ["TASKER_INTERNAL_TOKENS_FILE"] = Secrets.Path(TaskerAccepts),
        ["TASKER_ASSERTION_KEY"] = _assertionKey,
        ["TASKER_RAW_API_KEY"] = _rawApiKey,
        ["TASKER_LOG_LEVEL"] = "Warning",
    };

    public Dictionary<string, string> AsLauncher(Ingress ingress) => new(ChildProcess.PlainEnvironment())
    {
        ["LAUNCHER_URLS"] = Bare(Launcher),
        ["LAUNCHER_DATABASE"] = LauncherDatabase,
        ["LAUNCHER_API_TOKEN_FILE"] = Secrets.Path(LauncherApi),
        ["LAUNCHER_INTERNAL_TOKEN_FILE"] = Secrets.Path(LauncherAccepts),
        ["LAUNCHER_GATEWAY_URL"] = Bare(ingress.Inside),
        ["LAUNCHER_GATEWAY_TOKEN_FILE"] = Secrets.Path(BackendToken),
    };

    /// <summary>Replicas differ in their listeners alone.</summary>
    public Dictionary<string, string> AsGateway(int replica) => new(ChildProcess.PlainEnvironment())
    {
        ["NODEDC_AGENT_GATEWAY_URLS"] = Bare(Replicas[replica].Agents),
        ["NODEDC_AGENT_GATEWAY_INTERNAL_URLS"] = Bare(Replicas[replica].Inside),
        ["NODEDC_AGENT_GATEWAY_DATABASE"] = GatewayDatabase,
        ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN_FILE"] = Secrets.Path(InternalToken),
        ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER_FILE"] = Secrets.Path(Pepper),
        ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = _keySecret,
        ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Path.Combine(Programs.Repository, "config"),
        ["NODEDC_AGENT_GATEWAY_TRUSTED_PROXIES"] = "127.0.0.1",
        // All agents of the trial are one owner's on one machine.
        ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_OWNER_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_SOURCE_RATE"] = "0",
        // So often that questions meet each step of the rotation.
        ["NODEDC_AGENT_GATEWAY_ENTITLEMENT_REFRESH"] = "2s",
        ["NODEDC_TASKER_BASE_URL"] = Bare(Tasker),
        ["NODEDC_TASKER_INTERNAL_TOKEN_FILE"] = Secrets.Path(TaskerPresented),
        ["NODEDC_TASKER_ASSERTION_KEY"] = _assertionKey,
        ["NODEDC_LAUNCHER_BASE_URL"] = Bare(Launcher),
        ["NODEDC_LAUNCHER_API_TOKEN_FILE"] = Secrets.Path(LauncherPresented),
    };

    private static string Bare(Uri address) => address.GetLeftPart(UriPartial.Authority);
}
