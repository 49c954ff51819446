using System.Text.Json;
using AgentGateway.Policy;

namespace AgentGateway.Transforms;

/// <summary>
/// What of a call decides how its answer is read: enough to check and map an answer, never enough to send anything.
/// </summary>
/// <param name="Projects">The only ones whose objects the answer may hold.</param>
/// <param name="Workspace">The agent's.</param>
/// <param name="Arguments">As the agent sent them; null when they are not known any more.</param>
/// <param name="IsWrite">Whether an answer that breaks the contract leaves the outcome open.</param>
public sealed record CallScope(IReadOnlyList<Grant> Projects, string Workspace, JsonElement? Arguments, bool IsWrite)
{
    /// <summary>What the gateway knows of the call's work session; undefined without one, or when nobody waits any more.</summary>
    public JsonElement Session { get; init; }

    public static CallScope Of(Permit permit) => new(
        permit.Projects, permit.Authority.Agent.Workspace, permit.Call.Arguments, permit.Rule.Effect == Effect.Write)
    {
        Session = permit.Call.Session?.State ?? default,
    };
}
