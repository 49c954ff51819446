using AgentGateway.Bench.Load;
using AgentGateway.Bench.Servers;

namespace AgentGateway.Bench.Rig;

/// <summary>The parameters of the measured calls, and the targets that carry the same bytes without the gateway.</summary>
internal static class Calls
{
    public const string Read = $$$"""{"name":"get_card","arguments":{"card":"{{{AdapterAnswers.CardKey}}}"}}""";

    /// <param name="prefix">What stands before the places of the key that each call fills anew.</param>
    public static string Write(string prefix)
    {
        var text = new string('b', 300);
        var key = prefix + PreparedCall.KeyPlaces;
        const string Card = AdapterAnswers.CardKey;
        return
            $$$"""{"name":"add_comment","arguments":{"card":"{{{Card}}}","body":"{{{text}}}","idempotency_key":"{{{key}}}"}}""";
    }

    public static PreparedCall ListTools(int port, string token) => PreparedCall.Mcp(port, token, "tools/list", "{}");

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
