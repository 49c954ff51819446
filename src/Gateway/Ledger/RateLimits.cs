using AgentGateway.Policy;

namespace AgentGateway.Gateway.Ledger;

/// <summary>The rates every agent and owner has unless the agent's own are set.</summary>
internal sealed record RateLimits(Rate AgentCalls, Rate AgentWrites, Rate OwnerCalls)
{
    public static readonly RateLimits None = new(Rate.Unlimited, Rate.Unlimited, Rate.Unlimited);

    public Rate CallsOf(Authority authority) => authority.Limits.Calls ?? AgentCalls;

    public Rate WritesOf(Authority authority) => authority.Limits.Writes ?? AgentWrites;
}
