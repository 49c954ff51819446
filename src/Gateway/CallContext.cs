using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway;

/// <summary>Who asks, from where, at which door: fixed before the first decision.</summary>
internal sealed record CallContext(CallEnvelope Envelope, Authority Authority, CallOrigin Origin)
{
    public static CallContext Of(HttpContext http, CallEnvelope envelope) => new(
        envelope,
        http.Features.Get<Authority>() ?? throw new InvalidOperationException("A call without an authority."),
        Origins.Of(http));
}
