using AgentGateway.Gateway.Decide;
using AgentGateway.Transforms.Request;
using Yarp.ReverseProxy.Configuration;

namespace AgentGateway.Gateway.Relay;

/// <summary>YARP with the manifest's routes and nothing else: no catch-all, no redirects, no proxy, no cookies.</summary>
internal static class TaskerProxy
{
    public static void AddTaskerProxy(this IServiceCollection services, Manifest manifest, Uri tasker, Func<string> internalToken)
    {
        var cluster = manifest.Cluster with
        {
            Destinations = new Dictionary<string, DestinationConfig>(StringComparer.Ordinal)
            {
                ["tasker"] = new() { Address = tasker.AbsoluteUri },
            },
        };
        services.AddReverseProxy()
            .LoadFromMemory([.. manifest.Tools.Where(tool => tool.Route is not null).Select(tool => tool.Route!.Yarp)], [cluster])
            .AddTransforms(context => GuardedTransforms.Apply(context, internalToken))
            .ConfigureHttpClient((_, handler) =>
            {
                handler.AllowAutoRedirect = false;
                handler.UseProxy = false;
                handler.UseCookies = false;
                handler.AutomaticDecompression = System.Net.DecompressionMethods.None;
                handler.ConnectTimeout = TimeSpan.FromSeconds(2);
                handler.MaxResponseHeadersLength = 16;
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                // No trace context leaves: what an agent sends must not steer Tasker's tracing.
                handler.ActivityHeadersPropagator = null;
            });
    }
}
