using System.Text.Json.Serialization;
using AgentGateway.Canon.Serve;
using AgentGateway.Tasker.Agents.Backend;

namespace AgentGateway.Tasker.Agents.One;

/// <summary>Whether an agent has been heard of, as its set-up page tells it.</summary>
/// <param name="State">waiting, connected, idle, suspended or revoked.</param>
/// <param name="Sentence">The same for people.</param>
/// <param name="Tools">How many tools it sees.</param>
public sealed record AgentLiveness(string State, string Sentence, int Tools)
{
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(2);

    public static AgentLiveness Of(AgentView agent, Words words, DateTimeOffset now)
    {
        var tools = ToolTable.Callable([.. agent.Grants.SelectMany(grant => grant.Scopes)], agent.Mode).Count;
        var state = agent.Status != "active" ? agent.Status
            : agent.LastSeenAt is not { } seen ? "waiting"
            : now - seen < Recently ? "connected"
            : "idle";
        return new AgentLiveness(state, words[$"live.{state}", tools], tools);
    }
}

/// <summary>Writes what the set-up page asks for while it waits.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(AgentLiveness))]
internal sealed partial class LivenessJson : JsonSerializerContext;
