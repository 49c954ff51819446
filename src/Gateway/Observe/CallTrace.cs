using System.Diagnostics;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Accept.Door;

namespace AgentGateway.Gateway.Observe;

/// <summary>
/// Begins a trace of our own for each request. The caller's trace is linked, never continued: a caller neither decides what
/// is recorded nor writes into traces of others.
/// </summary>
internal sealed class CallTrace(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http) => Stages.Source.HasListeners() ? TraceAsync(http) : next(http);

    private async Task TraceAsync(HttpContext http)
    {
        // The server has begun an activity under the caller's trace; ours must not be its child.
        Activity.Current = null;
        using var call = Stages.Source.StartActivity(
            "request", ActivityKind.Server, parentContext: default, tags: null, Links(http.Request.Headers.TraceParent));
        if (call is null)
        {
            await next(http);
            return;
        }

        var method = http.Request.Method;
        var spans = new CallSpans(call);
        http.Features.Set(spans);
        spans.Enter(Stages.Accept);
        try
        {
            await next(http);
        }
        finally
        {
            spans.Leave();
            Describe(call, http, method);
        }
    }

    private static ActivityLink[]? Links(string? traceParent) =>
        ActivityContext.TryParse(traceParent, traceState: null, isRemote: true, out var caller) ? [new ActivityLink(caller)] : null;

    // The route as the table has it: an address as it was sent may hold a code or a token.
    private static void Describe(Activity call, HttpContext http, string method)
    {
        if (http.Features.Get<FrontDoorRow>() is { } row)
        {
            call.DisplayName = $"{method} {row.Path}";
            call.SetTag("http.request.method", method);
            call.SetTag("http.route", row.Path);
        }

        call.SetTag("http.response.status_code", http.Response.StatusCode);
        call.SetTag("agent_gateway.request_id", http.Features.Get<RequestIdentity>()?.Id.ToString("D"));
        if (http.Response.StatusCode >= StatusCodes.Status500InternalServerError)
        {
            call.SetStatus(ActivityStatusCode.Error);
        }
    }
}
