using AgentGateway.Bench.Load;
using AgentGateway.Bench.Servers;

namespace AgentGateway.Bench.Rig;

/// <summary>The parameters of the measured calls, and the targets that carry the same bytes without the gateway.</summary>
internal static class Calls
{
    public const string Read = $$$"""{"name":"get_card","arguments":{"card":"{{{AdapterAnswers.CardKey}}}"}}""";

    public static string Write(string keyPrefix) => $$$"""
        {"name":"add_comment","arguments":{"card":"{{{AdapterAnswers.CardKey}}}","body":"{{{new string('b', 300)}}}","idempotency_key":"{{{keyPrefix}}}{{{PreparedCall.KeyPlaces}}}"}}
        """;

    /// <summary>The read call's POST to something that only passes it on, or to the upstream itself.</summary>
    public static Target Plain(string name, int port, int process) => new()
    {
        Name = name,
        Port = port,
        ProcessId = process,
        Prepare = _ => PreparedCall.Mcp(port, "ndca1_" + new string('0', 49), "tools/call", Read),
        Proof = AdapterAnswers.CommentId,
    };
}
