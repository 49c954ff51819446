using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AgentGateway.Bench.Servers;

/// <summary>The base of every ratio: YARP that forwards whatever comes, with its defaults, silent.</summary>
internal static class BaseProxy
{
    public static Task RunAsync(int port, int upstreamPort, bool cleartextHttp2)
    {
        var route = new RouteConfig { RouteId = "all", ClusterId = "upstream", Match = new RouteMatch { Path = "/{**path}" } };
        var cluster = new ClusterConfig
        {
            ClusterId = "upstream",
            HttpRequest = new ForwarderRequestConfig
            {
                Version = cleartextHttp2 ? new Version(2, 0) : new Version(1, 1),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            },
            Destinations = new Dictionary<string, DestinationConfig>
            {
                ["upstream"] = new() { Address = $"http://127.0.0.1:{upstreamPort}/" },
            },
        };
        var app = Listener.Build(
            kestrel => kestrel.ListenLocalhost(port),
            services => services.AddReverseProxy().LoadFromMemory([route], [cluster]));
        app.MapReverseProxy();
        return Listener.RunAsync(app);
    }
}
