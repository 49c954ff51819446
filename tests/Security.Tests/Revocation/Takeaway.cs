using AgentGateway.Security.Tests.Rig;

namespace AgentGateway.Security.Tests.Revocation;

/// <summary>What a takeaway answered: whether everything on its way had ended; null when it does not say.</summary>
internal sealed record TakenAway(bool? Drained);

/// <summary>The ways in which an agent's authority ends, and, where there is one, the way back.</summary>
internal static class Takeaway
{
    /// <summary>Those that can be taken back.</summary>
    public static readonly string[] Reversible = ["suspend", "grant", "owner", "entitlement"];

    /// <summary>Those that end a token or an agent for good.</summary>
    public static readonly string[] Final = ["token", "agent"];

    public static async Task<TakenAway> TakeAsync(
        this OwnersDoor door, string what, Replica replica, LiveAgent agent, int number, int drainSeconds)
    {
        var cause = $$"""{"reason":"test","drain_seconds":{{drainSeconds}}}""";
        var answer = await (what switch
        {
            "token" => door.DoAsync(replica, "POST", $"{agent.Path}/tokens/{agent.TokenId}/revoke", cause),
            "agent" => door.DoAsync(replica, "POST", $"{agent.Path}/revoke", cause),
            "suspend" => door.DoAsync(replica, "POST", $"{agent.Path}/suspend", cause),
            "grant" => door.DoAsync(replica, "POST", $"{agent.Path}/grants/NDC/revoke", cause),
            "owner" => door.EntitleAsync(replica, agent.Owner, (2 * number) - 1, enabled: true, blocked: true),
            "entitlement" => door.EntitleAsync(replica, agent.Owner, (2 * number) - 1, enabled: false, blocked: false),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        });
        return new TakenAway((bool?)answer["drained"]);
    }

    /// <summary>Gives it back; the agent with a token that must work again, null when the takeaway is final.</summary>
    public static async Task<LiveAgent?> GiveBackAsync(
        this OwnersDoor door, string what, Replica replica, LiveAgent agent, int number)
    {
        switch (what)
        {
            case "token":
                return await door.IssueAsync(replica, agent.Owner, agent.Id);
            case "suspend":
                await door.DoAsync(replica, "POST", $"{agent.Path}/resume", "{}");
                return agent;
            case "grant":
                await door.DoAsync(replica, "PUT", $"{agent.Path}/grants/NDC", """{"bundle":"contributor"}""");
                return agent;
            case "owner" or "entitlement":
                await door.EntitleAsync(replica, agent.Owner, 2 * number, enabled: true, blocked: false);
                return agent;
            default:
                return null;
        }
    }
}
