using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Observe;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>Checks the one Authorization header; <see cref="TokenAuthenticator.AuthenticateAsync"/>.</summary>
internal delegate Task<Authentication> CredentialCheck(string? authorization, CancellationToken cancel);

/// <summary>Compares an authority with the database; <see cref="TokenAuthenticator.RefreshAsync"/>.</summary>
internal delegate Task<Authentication> AuthorityRefresh(Authority authority, CancellationToken cancel);

/// <summary>Writes a refusal down; <see cref="CallLedger.RefuseAsync"/>.</summary>
internal delegate Task RefusalRecord(Refusal refusal);

/// <summary>Lets nothing pass without an authority, which it leaves among the request's features.</summary>
internal sealed class BearerGate(RequestDelegate next, CredentialCheck check, CredentialRefusal refusal)
{
    private const string Scheme = "Bearer ";

    public async Task InvokeAsync(HttpContext http)
    {
        Stages.Enter(http, Stages.Authenticate);
        switch (await CheckAsync(http))
        {
            case Authentication.Known known:
                http.Features.Set(known.Authority);
                await next(http);
                break;
            case Authentication.Refused refused:
                await refusal.WriteAsync(http, refused, null);
                break;
        }
    }

    private Task<Authentication> CheckAsync(HttpContext http)
    {
        var headers = http.Request.Headers.Authorization;
        return headers switch
        {
            { Count: 0 } => Refused("missing"),
            { Count: > 1 } => Refused("several"),
            _ when http.Request.QueryString.HasValue && http.Request.Path == Protocol.Endpoint => Refused("query"),
            _ when headers[0] is not { } header || !header.StartsWith(Scheme, StringComparison.Ordinal) => Refused("scheme"),
            _ => check(headers[0], http.RequestAborted),
        };
    }

    private static Task<Authentication> Refused(string cause) =>
        Task.FromResult<Authentication>(new Authentication.Refused(Reasons.Unauthenticated, cause));
}

/// <summary>Records and answers a refused credential: one body for every cause, with the request's id, no challenge.</summary>
/// <remarks>A WWW-Authenticate header makes clients offer a login that does not exist here.</remarks>
internal sealed class CredentialRefusal(RefusalRecord record, string manifestDigest)
{
    public async Task WriteAsync(HttpContext http, Authentication.Refused refused, Authority? authority)
    {
        await record(new Refusal
        {
            Reason = refused.Reason,
            Origin = Origins.Of(http),
            Authority = authority,
            Cause = refused.Cause,
            ManifestDigest = manifestDigest,
        });
        await (http.Request.Path == Protocol.Endpoint
            ? Reply.ErrorAsync(http, http.Features.Get<McpMessage>()?.Id, RpcFault.Own(refused.Reason))
            : Reply.ProblemAsync(http, refused.Reason.Status, refused.Reason));
    }
}
