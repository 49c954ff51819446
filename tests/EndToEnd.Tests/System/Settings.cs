using System.Security.Cryptography;

namespace AgentGateway.EndToEnd.Tests.System;

/// <summary>The environment of both servers, with secrets made for this run alone.</summary>
internal sealed class Settings
{
    private readonly string _taskerToken = Secret();
    private readonly string _assertionKey = Secret();
    private readonly string _rawApiKey = Secret();
    private readonly string _pepper = Secret();
    private readonly string _keySecret = Secret();

    public required string TaskerDatabase { get; init; }

    public required string GatewayDatabase { get; init; }

    public string InternalToken { get; } = Secret();

    public required Uri TaskerUrl { get; init; }

    public Dictionary<string, string> Tasker() => new(ChildProcess.PlainEnvironment())
    {
        ["TASKER_URLS"] = TaskerUrl.GetLeftPart(UriPartial.Authority),
        ["TASKER_DATABASE"] = TaskerDatabase,
        ["TASKER_INTERNAL_TOKENS"] = _taskerToken,
        ["TASKER_ASSERTION_KEY"] = _assertionKey,
        ["TASKER_RAW_API_KEY"] = _rawApiKey,
    };

    /// <summary>A gateway on the given listeners; replicas differ in nothing else.</summary>
    public Dictionary<string, string> Gateway(Uri agents, Uri inside) => new(ChildProcess.PlainEnvironment())
    {
        ["NODEDC_AGENT_GATEWAY_URLS"] = agents.GetLeftPart(UriPartial.Authority),
        ["NODEDC_AGENT_GATEWAY_INTERNAL_URLS"] = inside.GetLeftPart(UriPartial.Authority),
        ["NODEDC_AGENT_GATEWAY_DATABASE"] = GatewayDatabase,
        ["NODEDC_AGENT_GATEWAY_INTERNAL_TOKEN"] = InternalToken,
        ["NODEDC_AGENT_GATEWAY_TOKEN_PEPPER"] = _pepper,
        ["NODEDC_AGENT_GATEWAY_AGENT_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_AGENT_WRITE_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_OWNER_RATE"] = "0",
        ["NODEDC_AGENT_GATEWAY_KEY_SECRET"] = _keySecret,
        ["NODEDC_AGENT_GATEWAY_CONFIG_DIR"] = Path.Combine(Programs.Repository, "config"),
        ["NODEDC_AGENT_GATEWAY_ALLOWED_ORIGINS"] = agents.GetLeftPart(UriPartial.Authority),
        ["NODEDC_TASKER_BASE_URL"] = TaskerUrl.GetLeftPart(UriPartial.Authority),
        ["NODEDC_TASKER_INTERNAL_TOKEN"] = _taskerToken,
        ["NODEDC_TASKER_ASSERTION_KEY"] = _assertionKey,
    };

    private static string Secret() => RandomNumberGenerator.GetHexString(64, lowercase: true);
}
