using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Limits;
using AgentGateway.Policy;
using AgentGateway.Transforms.Request;
using AgentGateway.Transforms.Response;
using Microsoft.AspNetCore.Http.Features;

namespace AgentGateway.Gateway.Relay;

/// <summary>Makes the request of this HttpContext the adapter request of the permit and has YARP route and send it.</summary>
internal sealed class TaskerRelay(DerivedKey keys, CallAssertion assertions)
{
    // A write must not be cancelled because the agent went away: YARP would, so the token is replaced.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    /// <summary>The key as Tasker sees it unless it has fenced it.</summary>
    public string FirstKey(string agentId, string key) => keys.Derive(agentId, key);

    public async Task<Answer> SendAsync(HttpContext http, RequestDelegate relay, Admission.Admitted admission, ManifestRoute route)
    {
        var permit = admission.Request.Permit;
        var request = route.Request.Fill(permit);
        http.Features.Set(new Departure
        {
            Permit = permit,
            Request = request,
            RequestId = admission.Request.Origin.RequestId,
            DerivedKey = admission.Request.TaskerKey is { } key ? keys.At(key, admission.Generation) : null,
            NotAfter = admission.NotAfter,
            Assertion = assertions.Sign(permit, admission.Id),
        });
        var (method, path) = (http.Request.Method, http.Request.Path);
        Rewrite(http, permit, request);

        var aborted = http.RequestAborted;
        using var deadline = Deadline.After(Timeout);
        http.RequestAborted = deadline.Token;
        try
        {
            await relay(http);
            return RelayResult.Read(http, permit, route);
        }
        finally
        {
            // Whoever answers from here on answers the agent's request, not Tasker's.
            http.RequestAborted = aborted;
            http.Request.Method = method;
            http.Request.Path = path;
        }
    }

    // Nothing of what the agent sent is left on the request: routing sees only what the permit says.
    private static void Rewrite(HttpContext http, Permit permit, AdapterRequest request)
    {
        http.Request.Headers.Clear();
        http.Request.Headers[Departure.ToolHeader] = permit.Rule.Tool;
        http.Request.Method = request.Method;
        http.Request.Path = request.Path;
        http.Request.QueryString = QueryString.Empty;
        http.Request.ContentLength = request.Body?.Length;
        http.Request.Body = request.Body is null ? Stream.Null : new MemoryStream(request.Body, writable: false);
        http.Features.Set<IHttpRequestBodyDetectionFeature>(new BodyDetection(request.Body is not null));
        http.SetEndpoint(null);
    }

    private sealed record BodyDetection(bool CanHaveBody) : IHttpRequestBodyDetectionFeature;
}
