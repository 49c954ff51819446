using System.Security.Cryptography;
using AgentGateway.Support;

namespace AgentGateway.Security.Tests.Rig;

/// <summary>The environment that all replicas of one gateway share, with secrets made for this run alone.</summary>
internal sealed record GatewaySettings
{
    private readonly string _pepper = Secret();
    private readonly string _keySecret = Secret();

    public required string Database { get; init; }

    public required Uri Tasker { get; init; }

    public string InternalToken { get; } = Secret();

    public string TaskerToken { get; init; } = Secret();

    public string AssertionKey { get; init; } = Secret();

    /// <summary>What may never be found in a log.</summary>
    public IReadOnlyList<string> Secrets => [_pepper, _keySecret, InternalToken, TaskerToken, AssertionKey];

    public Dictionary<string, string> For(Uri agents, Uri inside) => new(StringComparer.Ordinal)
    {
        ["NODEDC_AGENT_GATEWAY_URLS"] = agents.GetLeftPart(UriPartial.Authority),
        ["NODEDC_AGENT_GATEWAY_INTERNAL_URLS"] = inside.GetLeftPart(UriPartial.Authority),
        ["NODEDC_AGENT_GATEWAY_DATABASE"] = Database,
        ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = InternalToken,
        ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = _pepper,
        ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = _keySecret,
        // Limits have suites of their own; here nothing may stand between a fault and a call.
        ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_OWNER_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_SOURCE_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_SOURCE_CONNECTIONS"] = "0",
        ["NODEDC_AGENT_GATEWAY_AGENT_CONCURRENCY"] = "1000",
        ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Repository.At("config"),
        ["NODEDC_TASKER_BASE_URL"] = Tasker.GetLeftPart(UriPartial.Authority),
        ["NODEDC_TASKER_INTERNAL_TOKEN"] = TaskerToken,
        ["NODEDC_TASKER_ASSERTION_KEY"] = AssertionKey,
    };

    // A record prints its members; this one must not.
    public override string ToString() => "settings";

    public static string Secret() => RandomNumberGenerator.GetHexString(64, lowercase: true);
}
