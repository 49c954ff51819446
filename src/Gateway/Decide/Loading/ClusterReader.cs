using System.Globalization;
using System.Text.Json;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;

namespace AgentGateway.Gateway.Decide.Loading;

/// <summary>Reads the one cluster; its address is no part of the manifest, it comes from the environment.</summary>
internal static class ClusterReader
{
    public const string Name = "tasker";

    // A write that is not answered within this time is an unknown outcome, so the limit is short.
    private static readonly TimeSpan MaxActivity = TimeSpan.FromSeconds(10);

    public static ClusterConfig? Read(JsonElement clusters, ICollection<string> faults)
    {
        ManifestShape.CheckMembers(clusters, "Clusters", [Name], faults);
        var cluster = ManifestShape.Object(clusters, Name, "Clusters", faults);
        ManifestShape.CheckMembers(cluster, $"Clusters.{Name}", ["HttpRequest"], faults);
        var request = ManifestShape.Object(cluster, "HttpRequest", $"Clusters.{Name}", faults);
        ManifestShape.CheckMembers(request, "HttpRequest", ["Version", "VersionPolicy", "ActivityTimeout"], faults);
        var version = ManifestShape.Text(request, "Version", "HttpRequest", faults);
        var policy = ManifestShape.Text(request, "VersionPolicy", "HttpRequest", faults);
        var timeout = ManifestShape.Text(request, "ActivityTimeout", "HttpRequest", faults);
        if (version is not ("1.1" or "2") || policy != "RequestVersionExact")
        {
            faults.Add("HttpRequest: Version is \"1.1\" or \"2\" with VersionPolicy RequestVersionExact: no downgrade is negotiated.");
            return null;
        }

        if (!TimeSpan.TryParse(timeout, CultureInfo.InvariantCulture, out var activity) || activity <= TimeSpan.Zero || activity > MaxActivity)
        {
            faults.Add("HttpRequest: ActivityTimeout must be at most 00:00:10.");
            return null;
        }

        return new ClusterConfig
        {
            ClusterId = Name,
            HttpRequest = new ForwarderRequestConfig
            {
                Version = version == "2" ? new Version(2, 0) : new Version(1, 1),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
                ActivityTimeout = activity,
            },
        };
    }
}
