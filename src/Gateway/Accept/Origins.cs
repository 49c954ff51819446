using System.Diagnostics;
using AgentGateway.Gateway.Accept.Message;
using AgentGateway.Gateway.Ledger;
using Microsoft.AspNetCore.Http.Features;

namespace AgentGateway.Gateway.Accept;

/// <summary>The request's own UUIDv7: in the answer's header, the logs, the audit and towards Tasker.</summary>
internal sealed record RequestIdentity(Guid Id);

/// <summary>Says where a request came from, as the ledger keeps it.</summary>
internal static class Origins
{
    public static CallOrigin Of(HttpContext http)
    {
        var message = http.Features.Get<McpMessage>();
        return new CallOrigin
        {
            RequestId = http.Features.GetRequiredFeature<RequestIdentity>().Id,
            Door = http.Request.Path == Protocol.Endpoint ? "mcp" : "rest",
            RemoteAddress = http.Connection.RemoteIpAddress?.ToString(),
            ClientName = message is null ? ClientNames.OfUserAgent(http.Request.Headers) : message.ClientName,
            ClientVersion = message?.ClientVersion,
            ThreadId = message?.ThreadId,
            TraceParent = Activity.Current?.Id,
        };
    }
}
