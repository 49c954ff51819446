using System.Security.Cryptography;
using System.Text.Json.Nodes;
using AgentGateway.Bench.Load;
using AgentGateway.Bench.Servers;

namespace AgentGateway.Bench.Rig;

/// <summary>The gateway as operators run it: its own migration, its own command for agents, the repository's manifest.</summary>
internal sealed class GatewayRig(Programs programs, string database, int upstreamPort)
{
    private const int ConnectionsPerAgent = 4;

    private readonly Dictionary<string, string> _settings = new(StringComparer.Ordinal)
    {
        ["NODEDC_AGENT_GATEWAY_DATABASE"] = database,
        ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = Secret(),
        ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = Secret(),
        // High enough never to refuse, low enough that each admission pays for its buckets.
        ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "100000/100000",
        ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = "100000/100000",
        ["NODEDC_AGENT_GATEWAY_OWNER_RATE"] = "100000/100000",
        ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = Secret(),
        ["NODEDC_AGENT_GATEWAY_SOURCE_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_SOURCE_CONNECTIONS"] = "0",
        ["NODEDC_AGENT_GATEWAY_AGENT_CONCURRENCY"] = "10000",
        ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Path.Combine(Programs.Repository, "config"),
        ["NODEDC_TASKER_BASE_URL"] = $"http://127.0.0.1:{upstreamPort}",
        ["NODEDC_TASKER_INTERNAL_TOKEN"] = Secret(),
    };

    private readonly List<string> _tokens = [];

    public int Agents => _tokens.Count;

    /// <summary>Makes the schema and enough agents that none reaches its limit of calls at once.</summary>
    public async Task PrepareAsync(int connections, CancellationToken cancel)
    {
        await Programs.RunAsync(Programs.Gateway, ["migrate"], _settings, cancel);
        for (var number = 1; number <= Math.Max(1, connections / ConnectionsPerAgent); number++)
        {
            var name = $"bench-{number}";
            var printed = await Programs.RunAsync(
                Programs.Gateway,
                [
                    "agent", "create", "--name", name, "--owner", "u-" + name, "--owner-name", "Bench", "--workspace",
                    AdapterAnswers.Workspace, "--grant", AdapterAnswers.ProjectKey + "=contributor", "--json",
                ],
                _settings,
                cancel);
            _tokens.Add((string?)JsonNode.Parse(printed)?["token"]
                ?? throw new InvalidOperationException("agent create printed no token."));
        }
    }

    public RunningProgram Start(int port)
    {
        var settings = new Dictionary<string, string>(_settings, StringComparer.Ordinal)
        {
            ["NODEDC_AGENT_GATEWAY_URLS"] = $"http://127.0.0.1:{port}",
        };
        return programs.Start("gateway", Programs.Gateway, ["serve"], settings);
    }

    public PreparedCall ListTools(int port) => PreparedCall.Mcp(port, _tokens[0], "tools/list", "{}");

    public Target Read(int port, int process) => new()
    {
        Name = "read",
        Port = port,
        ProcessId = process,
        Prepare = connection => PreparedCall.Mcp(port, _tokens[connection % _tokens.Count], "tools/call", Calls.Read),
        Proof = AdapterAnswers.CommentId,
    };

    public Target Write(int port, int process) => new()
    {
        Name = "write",
        Port = port,
        ProcessId = process,
        Prepare = connection =>
        {
            // A run, a connection and a counter make a key that never came before.
            var prefix = $"{Guid.CreateVersion7():N}-{connection:D4}-";
            return PreparedCall.Mcp(port, _tokens[connection % _tokens.Count], "tools/call", Calls.Write(prefix), prefix);
        },
        Proof = AdapterAnswers.CommentId,
    };

    private static string Secret() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
