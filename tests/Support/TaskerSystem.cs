using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Npgsql;

namespace AgentGateway.Support;

/// <summary>Tasker with a seeded board before a real gateway: two processes over a private Postgres, signed in to by launch tokens.</summary>
public sealed class TaskerSystem : IAsyncDisposable
{
    /// <summary>The client under which people sign in and are entitled.</summary>
    public const string Client = "nodedc";

    private readonly List<ServerProgram> _servers = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tasker-system");
    private readonly ECDsa _launcherKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _taskerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly HttpClient _http = new();
    private long _version;

    private TaskerSystem(NpgsqlDataSource tasker, NpgsqlDataSource gateway)
    {
        TaskerData = tasker;
        GatewayData = gateway;
    }

    public Uri Tasker { get; } = Loopback.FreeAddress();

    /// <summary>Where agents and machines that pair ask.</summary>
    public Uri Agents { get; } = Loopback.FreeAddress();

    /// <summary>Where backends ask, with <see cref="InternalToken"/>.</summary>
    public Uri Inside { get; } = Loopback.FreeAddress();

    public string InternalToken { get; } = Secret();

    /// <summary>Signs people in as the Launcher does.</summary>
    public string LauncherKey => _launcherKey.ExportECPrivateKeyPem();

    /// <summary>What the console checks Tasker's word with.</summary>
    public string TaskerPublicKey => _taskerKey.ExportSubjectPublicKeyInfoPem();

    /// <summary>Where a console would be; nobody listens there.</summary>
    public Uri Console { get; } = Loopback.FreeAddress();

    /// <summary>The environment of Tasker, for one more on the same data.</summary>
    public IReadOnlyDictionary<string, string> TaskerEnvironment { get; private set; } = new Dictionary<string, string>();

    public NpgsqlDataSource TaskerData { get; }

    public NpgsqlDataSource GatewayData { get; }

    public string Log => string.Join('\n', _servers.Select(server => server.Log));

    public static async Task<TaskerSystem> StartAsync()
    {
        var cluster = await PostgresCluster.SharedAsync();
        var (tasker, gateway) = (await cluster.CreateDatabaseAsync(), await cluster.CreateDatabaseAsync());
        var system = new TaskerSystem(NpgsqlDataSource.Create(tasker), NpgsqlDataSource.Create(gateway));
        var (asTasker, asGateway) = system.Settings(tasker, gateway);
        system.TaskerEnvironment = asTasker;
        await Task.WhenAll(system.PrepareAsync("Tasker", asTasker, "migrate"), system.PrepareAsync("Gateway", asGateway, "migrate"));
        await system.PrepareAsync("Tasker", asTasker, "seed");
        await Task.WhenAll(
            system.ServeAsync("Tasker", asTasker, new Uri(system.Tasker, "/readyz")),
            system.ServeAsync("Gateway", asGateway, new Uri(system.Inside, "/readyz")));
        return system;
    }

    /// <summary>What the Launcher says of a person.</summary>
    public async Task EntitleAsync(Guid person, bool enabled = true, bool blocked = false)
    {
        var word = new JsonObject
        {
            ["enabled"] = enabled,
            ["blocked"] = blocked,
            ["reason"] = "",
            ["actor"] = "root",
            ["version"] = Interlocked.Increment(ref _version),
            ["occurred_at"] = TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        };
        await AskAsync(HttpMethod.Put, $"entitlements/{Client}/{person:D}/codex_agents", word);
    }

    /// <summary>Asks the gateway as a backend does; the answer must be a success.</summary>
    public async Task<JsonNode> AskAsync(HttpMethod method, string path, JsonNode? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Inside, "/api/internal/v1/" + path));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", InternalToken);
        request.Headers.Add("X-NodeDC-Actor", "test");
        request.Content = body is null ? null : Json(body.ToJsonString());
        return await SendAsync(request);
    }

    /// <summary>Asks the gateway as a machine or an agent does; the answer must be a success.</summary>
    public async Task<JsonNode> CallAsync(string path, string body, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Agents, path)) { Content = Json(body) };
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        return await SendAsync(request);
    }

    /// <summary>Ends the gateway as a crash would.</summary>
    public void KillGateway() => _servers[^1].Kill();

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }

        await TaskerData.DisposeAsync();
        await GatewayData.DisposeAsync();
        _http.Dispose();
        _launcherKey.Dispose();
        _taskerKey.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string Secret() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private async Task<JsonNode> SendAsync(HttpRequestMessage request)
    {
        using var answer = await _http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode
            ? JsonNode.Parse(text) ?? throw new InvalidOperationException("The answer was null.")
            : throw new InvalidOperationException($"{request.RequestUri} answered {(int)answer.StatusCode}: {text}");
    }

    private (Dictionary<string, string> Tasker, Dictionary<string, string> Gateway) Settings(string taskerData, string gatewayData)
    {
        var key = Path.Combine(_folder.FullName, "launcher.pem");
        File.WriteAllText(key, _launcherKey.ExportSubjectPublicKeyInfoPem());
        var (adapter, assertion) = (Secret(), Secret());
        var tasker = new Dictionary<string, string>
        {
            ["TASKER_URLS"] = Bare(Tasker),
            ["TASKER_DATABASE"] = taskerData,
            ["TASKER_INTERNAL_TOKENS"] = adapter,
            ["TASKER_ASSERTION_KEY"] = assertion,
            ["TASKER_RAW_API_KEY"] = Secret(),
            ["TASKER_GATEWAY_URL"] = Bare(Inside),
            ["TASKER_GATEWAY_TOKEN"] = InternalToken,
            ["TASKER_GATEWAY_PUBLIC_URL"] = Bare(Agents),
            ["TASKER_LAUNCH_PUBLIC_KEYS"] = $"launcher={key}",
            ["TASKER_LAUNCH_KEY"] = _taskerKey.ExportECPrivateKeyPem(),
            ["TASKER_CONSOLE_URL"] = Bare(Console),
        };
        var gateway = new Dictionary<string, string>
        {
            ["NODEDC_AGENT_GATEWAY_URLS"] = Bare(Agents),
            ["NODEDC_AGENT_GATEWAY_INTERNAL_URLS"] = Bare(Inside),
            ["NODEDC_AGENT_GATEWAY_DATABASE"] = gatewayData,
            ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = InternalToken,
            ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = Secret(),
            ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = Secret(),
            ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Repository.At("config"),
            ["NODEDC_AGENT_GATEWAY_ALLOWED_ORIGINS"] = Bare(Agents),
            ["NODEDC_TASKER_BASE_URL"] = Bare(Tasker),
            ["NODEDC_TASKER_INTERNAL_TOKEN"] = adapter,
            ["NODEDC_TASKER_ASSERTION_KEY"] = assertion,
        };
        return (tasker, gateway);
    }

    private static string Bare(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private Task<string> PrepareAsync(string project, Dictionary<string, string> settings, string command) => ServerProgram.RunAsync(
        Program(project), [command], settings, Path.Combine(_folder.FullName, $"{project}-{command}.log"));

    private async Task ServeAsync(string project, Dictionary<string, string> settings, Uri readiness)
    {
        var server = ServerProgram.Start(Program(project), ["serve"], settings, Path.Combine(_folder.FullName, $"{project}.log"));
        lock (_servers)
        {
            // The gateway is always the last one.
            _servers.Insert(project == "Gateway" ? _servers.Count : 0, server);
        }

        await server.WaitUntilReadyAsync(_http, readiness);
    }

    private static string Program(string project) => ServerProgram.Built(project, project.ToLowerInvariant());
}
