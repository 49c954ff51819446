using AgentGateway.Policy;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>What became of a credential; there is no third, anonymous outcome.</summary>
internal abstract record Authentication
{
    private Authentication()
    {
    }

    /// <summary>The token is good; the authority may be cached and is verified again by admission.</summary>
    internal sealed record Known(Authority Authority) : Authentication;

    /// <summary>
    /// Refused. <see cref="Cause"/> is for the audit only: every refusal of a credential reads the same outside.
    /// </summary>
    internal sealed record Refused(Reason Reason, string Cause) : Authentication
    {
        public const string AgentRevoked = "agent revoked";

        /// <summary>Which check decided; null when the gateway could not look.</summary>
        public Check? Check => Reason == Reasons.LedgerUnavailable ? null
            : Reason == Reasons.AgentSuspended || Cause == AgentRevoked ? Policy.Check.Agent
            : Reason == Reasons.Unauthenticated ? Policy.Check.Token
            : Policy.Check.Entitlement;
    }
}
