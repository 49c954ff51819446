using System.Globalization;
using System.Net.Http.Headers;
using AgentGateway.Policy;
using AgentGateway.Transforms.Response;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace AgentGateway.Transforms.Request;

/// <summary>The transforms of every route: copy nothing, demand a permit for exactly this route, set what the adapter needs.</summary>
public static class GuardedTransforms
{
    /// <param name="context">One route of the manifest.</param>
    /// <param name="internalToken">Read at each request, so that a rotated file counts at once.</param>
    public static void Apply(TransformBuilderContext context, Func<string> internalToken)
    {
        context.CopyRequestHeaders = false;
        context.CopyResponseHeaders = false;
        context.CopyResponseTrailers = false;
        context.UseDefaultForwarders = false;
        var tool = context.Route.RouteId;
        context.AddRequestTransform(request =>
        {
            Rewrite(request, tool, internalToken());
            return ValueTask.CompletedTask;
        });
        context.AddResponseTransform(Arrival.CaptureAsync);
    }

    private static void Rewrite(RequestTransformContext context, string tool, string internalToken)
    {
        var http = context.HttpContext;
        var departure = http.Features.Get<Departure>()
            ?? throw new InvalidOperationException("A request without a permit reached the forwarder.");

        // The second lock: the route YARP matched must be the one the permit is for.
        var matched = http.Features.Get<IReverseProxyFeature>()?.Route.Config.RouteId;
        if (departure.Permit.Rule.Tool != tool || matched != tool)
        {
            throw new InvalidOperationException($"The permit is for {departure.Permit.Rule.Tool}, the route is {tool}.");
        }

        var outgoing = context.ProxyRequest;
        outgoing.RequestUri = Target(context.DestinationPrefix, departure.Request);
        SetHeaders(outgoing.Headers, departure, internalToken);
        if (outgoing.Content is { } content)
        {
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            content.Headers.ContentLength = departure.Request.Body?.Length;
        }
    }

    // Built here and not by YARP: setting a path from encoded text would encode it twice.
    private static Uri Target(string prefix, AdapterRequest request) =>
        new($"{prefix.TrimEnd('/')}{request.Path}{request.Query}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });

    private static string Projects(Permit permit) => permit.Projects is [var only]
        ? only.ProjectId.ToString("D")
        : string.Join(',', permit.Projects.Select(project => project.ProjectId.ToString("D")));

    private static void SetHeaders(HttpRequestHeaders headers, Departure departure, string internalToken)
    {
        headers.Clear();
        var permit = departure.Permit;
        var agent = permit.Authority.Agent;
        headers.Authorization = new AuthenticationHeaderValue("Bearer", internalToken);
        headers.Add("Accept", "application/json");
        headers.Add("X-NodeDC-Agent-Id", agent.Id);
        headers.Add("X-NodeDC-Agent-Name", Uri.EscapeDataString(agent.Name));
        headers.Add("X-NodeDC-Agent-Owner", Uri.EscapeDataString(agent.OwnerId));
        headers.Add("X-NodeDC-Workspace", agent.Workspace);
        headers.Add(Departure.ToolHeader, permit.Rule.Tool);
        headers.Add("X-NodeDC-Project", Projects(permit));
        headers.Add("X-NodeDC-Scope", permit.ScopeText);
        headers.Add("X-NodeDC-Not-After", departure.NotAfter.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
        headers.Add("X-Request-Id", departure.RequestId.ToString("D"));
        if (departure.DerivedKey is { } key)
        {
            headers.Add("Idempotency-Key", key);
        }

        if (departure.Request.IfMatch is { } tag)
        {
            headers.TryAddWithoutValidation("If-Match", tag);
        }

        if (departure.Assertion is { } assertion)
        {
            headers.Add("X-NodeDC-Assertion", assertion);
        }
    }
}
