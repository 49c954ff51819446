using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Servers;
using AgentGateway.Support;

namespace AgentGateway.Bench.Rig;

/// <summary>The gateway as operators run it: its own migration, its own command for agents, the repository's manifest.</summary>
internal sealed class GatewayRig
{
    /// <summary>Where the ledger makes one transaction per call, to measure what the common one is worth.</summary>
    public const string RowCommits = "AgentGateway.Ledger.RowCommits";

    private const int ConnectionsPerAgent = 4;

    private readonly Programs _programs;
    private readonly Dictionary<string, string> _settings;
    private readonly List<string> _tokens = [];

    public GatewayRig(Programs programs, string database, int upstreamPort)
    {
        _programs = programs;
        Database = database;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CheckpointPublicKey = key.ExportSubjectPublicKeyInfoPem();
        _settings = new(StringComparer.Ordinal)
        {
            ["NODEDC_AGENT_GATEWAY_DATABASE"] = database,
            ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = Secret(),
            ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = TokenPepper,
            // High enough never to refuse, low enough that each admission pays for its buckets.
            ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "100000/100000",
            ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = "100000/100000",
            ["NODEDC_AGENT_GATEWAY_OWNER_RATE"] = "100000/100000",
            ["NODEDC_AGENT_GATEWAY_SOURCE_RATE"] = "100000/100000",
            ["NODEDC_AGENT_GATEWAY_SOURCE_CONNECTIONS"] = "1000",
            ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = Secret(),
            ["NODEDC_AGENT_GATEWAY_AUDIT_KEY"] = AuditKey,
            // What is measured pays for its sealing too.
            ["NODEDC_AGENT_GATEWAY_CHECKPOINT_KEY"] = key.ExportPkcs8PrivateKeyPem(),
            ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Path.Combine(Programs.Repository, "config"),
            ["NODEDC_TASKER_BASE_URL"] = $"http://127.0.0.1:{upstreamPort}",
            ["NODEDC_TASKER_INTERNAL_TOKEN"] = Secret(),
        };
    }

    public string Database { get; }

    public int Agents => _tokens.Count;

    public string TokenPepper { get; } = Secret();

    public string AuditKey { get; } = Secret();

    /// <summary>For whoever verifies the audit.</summary>
    public string CheckpointPublicKey { get; }

    /// <summary>Makes the schema and enough agents that none reaches its limit of calls at once.</summary>
    public async Task PrepareAsync(int connections, CancellationToken cancel)
    {
        await RunAsync(["migrate"], cancel);
        for (var number = 1; number <= Math.Max(1, connections / ConnectionsPerAgent); number++)
        {
            _tokens.Add(await CreateAgentAsync($"bench-{number}", "contributor", cancel));
        }
    }

    /// <returns>The agent's token.</returns>
    public async Task<string> CreateAgentAsync(string name, string bundle, CancellationToken cancel)
    {
        var printed = await RunAsync(
            [
                "agent", "create", "--name", name, "--owner", "u-" + name, "--owner-name", "Bench", "--workspace",
                AdapterAnswers.Workspace, "--grant", $"{AdapterAnswers.ProjectKey}={bundle}", "--json",
            ],
            cancel);
        return (string?)JsonNode.Parse(printed)?["token"] ?? throw new InvalidOperationException("agent create printed no token.");
    }

    /// <summary>Runs a command of the gateway to its end, with the settings of the server.</summary>
    public Task<string> RunAsync(string[] arguments, CancellationToken cancel) =>
        Programs.RunAsync(Programs.Gateway, arguments, _settings, cancel);

    public RunningProgram Start(int port, IReadOnlyDictionary<string, string>? environment = null)
    {
        var settings = new Dictionary<string, string>(_settings, StringComparer.Ordinal)
        {
            ["NODEDC_AGENT_GATEWAY_URLS"] = $"http://127.0.0.1:{port}",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            settings[name] = value;
        }

        return _programs.Start("gateway", Programs.Gateway, ["serve"], settings);
    }

    /// <summary>Starts it and waits until it listens.</summary>
    public async Task<(RunningProgram Program, int Port)> StartAsync(
        CancellationToken cancel, IReadOnlyDictionary<string, string>? environment = null)
    {
        var port = Loopback.FreePort();
        var program = Start(port, environment);
        try
        {
            (await Programs.ConnectAsync(program, port, cancel)).Dispose();
            return (program, port);
        }
        catch
        {
            await program.DisposeAsync();
            throw;
        }
    }

    public PreparedCall ListTools(int port) => Calls.ListTools(port, _tokens[0]);

    public Target Read(int port, int process, string name = "read") => new()
    {
        Name = name,
        Port = port,
        ProcessId = process,
        Prepare = connection => PreparedCall.Mcp(port, TokenOf(connection), "tools/call", Calls.Read),
        Proof = AdapterAnswers.CommentId,
    };

    public Target Write(int port, int process, string name = "write") => new()
    {
        Name = name,
        Port = port,
        ProcessId = process,
        Prepare = connection =>
        {
            // A run, a connection and a counter make a key that never came before.
            var prefix = $"{Guid.CreateVersion7():N}-{connection:D4}-";
            return PreparedCall.Mcp(port, TokenOf(connection), "tools/call", Calls.Write(prefix), prefix);
        },
        Proof = AdapterAnswers.CommentId,
    };

    // Few connections are of few agents, however many agents there are.
    private string TokenOf(int connection) => _tokens[connection / ConnectionsPerAgent % _tokens.Count];

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
