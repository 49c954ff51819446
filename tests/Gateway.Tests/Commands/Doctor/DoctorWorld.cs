using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using AgentGateway.Gateway.Ledger.Migrations;
using AgentGateway.Gateway.Ledger.Sealing;
using AgentGateway.Gateway.Tests.Ledger;
using AgentGateway.Support;
using Npgsql;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace AgentGateway.Gateway.Tests.Commands.Doctor;

/// <summary>Everything the real program needs to serve, with secrets of its own; a doctor finds nothing to complain about.</summary>
internal sealed class DoctorWorld : IAsyncDisposable
{
    private const string Adapter = "/api/internal/nodedc/agent/v1";

    private readonly StringBuilder _log = new();
    private readonly PostgresCluster _cluster;
    private Process? _serving;

    private DoctorWorld(PostgresCluster cluster, LedgerWorld ledger)
    {
        _cluster = cluster;
        Ledger = ledger;
    }

    public LedgerWorld Ledger { get; }

    public WireMockServer Tasker { get; } = WireMockServer.Start();

    public Dictionary<string, string> Settings { get; } = new(StringComparer.Ordinal);

    public Uri Agents => new(Settings["NODEDC_AGENT_GATEWAY_URLS"]);

    public Uri Backends => new(Settings["NODEDC_AGENT_GATEWAY_INTERNAL_URLS"]);

    public string Log
    {
        get
        {
            lock (_log)
            {
                return _log.ToString();
            }
        }
    }

    // Marks that need quoting in a connection string, a URL, a shell and JSON.
    public static string Secret() => RandomNumberGenerator.GetHexString(40, lowercase: true) + "+/&%$\"'=Q";

    public static async Task<DoctorWorld> StartAsync()
    {
        var cluster = await PostgresCluster.StartNewAsync();
        var world = new DoctorWorld(cluster, await LedgerWorld.CreateOnAsync(cluster));
        await world.Ledger.ExecuteAsync("CREATE ROLE serving LOGIN");
        var serving = new NpgsqlConnectionStringBuilder(world.Ledger.ConnectionString) { Username = "serving", Password = Secret() };
        var owner = new NpgsqlConnectionStringBuilder(world.Ledger.ConnectionString) { Password = Secret() };
        await Migration.RunAsync(
            Gateway.Configure.Secret.Of(owner.ConnectionString), Gateway.Configure.Secret.Of(serving.ConnectionString), CancellationToken.None);
        world.Settings["NODEDC_AGENT_GATEWAY_URLS"] = $"http://127.0.0.1:{Loopback.FreePort()}";
        world.Settings["NODEDC_AGENT_GATEWAY_INTERNAL_URLS"] = $"http://127.0.0.1:{Loopback.FreePort()}";
        world.Settings["NODEDC_AGENT_GATEWAY_DATABASE"] = serving.ConnectionString;
        world.Settings["NODEDC_AGENT_GATEWAY_MIGRATION_DATABASE"] = owner.ConnectionString;
        world.Settings["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = $"{Secret()},{Secret()}";
        world.Settings["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = LedgerWorld.Pepper;
        world.Settings["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = Secret();
        using var key = CheckpointKey.Create();
        world.Settings["NODEDC_AGENT_GATEWAY_CHECKPOINT_KEY"] = key.PrivatePem();
        world.Settings["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Repository.At("config");
        world.Settings["NODEDC_AGENT_GATEWAY_LOG_LEVEL"] = "Verbose";
        world.Settings["NODEDC_TASKER_BASE_URL"] = world.Tasker.Url!;
        world.Settings["NODEDC_TASKER_INTERNAL_TOKEN"] = Secret();
        world.Settings["NODEDC_TASKER_ASSERTION_KEY"] = Secret();
        world.AnswerAsTasker();
        return world;
    }

    public Task<GatewayProgram> DoctorAsync(params string[] more) => GatewayProgram.RunAsync(Settings, ["doctor", .. more]);

    public async Task ServeAsync()
    {
        _serving = GatewayProgram.Start(Settings, "serve");
        _serving.OutputDataReceived += (_, line) => Keep(line.Data);
        _serving.ErrorDataReceived += (_, line) => Keep(line.Data);
        _serving.BeginOutputReadLine();
        _serving.BeginErrorReadLine();
        using var client = new HttpClient { BaseAddress = Agents };
        await Eventually.TrueAsync(async () => await IsReadyAsync(client));
    }

    /// <summary>A raw route that takes the internal token, as it never should.</summary>
    public void OpenRawApi() => Tasker.Given(Request.Create().WithPath("/api/v1/users/me/").WithHeader("X-API-Key", "*"))
        .AtPriority(-1).RespondWith(Response.Create().WithStatusCode(200).WithBody("{}"));

    public async ValueTask DisposeAsync()
    {
        if (_serving is not null)
        {
            _serving.Kill();
            await _serving.WaitForExitAsync();
            _serving.Dispose();
        }

        Tasker.Stop();
        Tasker.Dispose();
        await Ledger.DisposeAsync();
        await _cluster.DisposeAsync();
    }

    private void AnswerAsTasker()
    {
        Tasker.Given(Request.Create().WithPath("/*")).AtPriority(9).RespondWith(Response.Create().WithStatusCode(401));
        Tasker.Given(Request.Create().WithPath(Adapter + "/health")).RespondWith(Response.Create().WithStatusCode(200).WithBody("{}"));
        Tasker.Given(Request.Create().WithPath(Adapter + "/me")
                .WithHeader("Authorization", "Bearer " + Settings["NODEDC_TASKER_INTERNAL_TOKEN"], ignoreCase: false))
            .RespondWith(Response.Create().WithStatusCode(400));
    }

    private void Keep(string? line)
    {
        lock (_log)
        {
            _log.AppendLine(line);
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync("/readyz");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
