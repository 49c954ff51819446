using AgentGateway.Bench.Load;
using AgentGateway.Bench.Servers;

namespace AgentGateway.Bench.Rig;

/// <summary>The parameters of the measured calls, and the targets that carry the same bytes without the gateway.</summary>
internal static class Calls
{
    public const string Read = $$$"""{"name":"get_card","arguments":{"card":"{{{AdapterAnswers.CardKey}}}"}}""";

    public static string Write(string keyPrefix)
    {
        var body = new string('b', 300);
        var key = keyPrefix + PreparedCall.KeyPlaces;
        const string Card = AdapterAnswers.CardKey;
        return $$$"""{"name":"add_comment","arguments":{"card":"{{{Card}}}","body":"{{{body}}}","idempotency_key":"{{{key}}}"}}""";
    }

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
