using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;

namespace AgentGateway.Gateway;

/// <summary>Who asks, from where, in which message: fixed before the first decision.</summary>
internal sealed record CallContext(McpMessage Message, Authority Authority, CallOrigin Origin)
{
    public static CallContext Of(HttpContext http, McpMessage message) => new(
        message,
        http.Features.Get<Authority>() ?? throw new InvalidOperationException("A call without an authority."),
        Origins.Of(http));
}
