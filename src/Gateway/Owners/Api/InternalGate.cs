using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Configure;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Owners.Api;

/// <summary>Lets Tasker's and Launcher's backends in, by the internal token alone; an agent's token opens nothing here.</summary>
internal sealed class InternalGate(RequestDelegate next, Settings settings, CredentialRefusal refusal)
{
    public const string Prefix = "/api/internal/v1";

    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Request.Headers.Authorization;
        var cause = headers switch
        {
            { Count: 0 } => "missing",
            { Count: > 1 } => "several",
            _ when headers[0] is not { } header || !header.StartsWith(Scheme, StringComparison.Ordinal) => "scheme",
            _ => settings.InternalToken.Knows(headers[0]![Scheme.Length..]) ? null : "internal token",
        };
        return cause is null
            ? next(http)
            : refusal.WriteAsync(http, new Authentication.Refused(Reasons.InternalUnauthenticated, cause), null);
    }
}
