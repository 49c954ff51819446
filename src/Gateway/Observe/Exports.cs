using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Configure;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace AgentGateway.Gateway.Observe;

/// <summary>
/// Where measures and spans go: to <c>/metrics</c> when there is a listener apart from the agents', by OTLP when there is a
/// collector. With neither nothing listens and nothing is counted.
/// </summary>
internal static class Exports
{
    public const string Metrics = "/metrics";

    private const string Service = "agent-gateway";

    public static readonly SettingDefinition<Uri?> Collector = new()
    {
        Name = "OTEL_EXPORTER_OTLP_ENDPOINT",
        Description = "Collector that takes metrics and traces by OTLP over HTTP, such as http://127.0.0.1:4318; without it none are sent.",
        Parse = SettingParsers.AbsoluteUrl,
    };

    public static void AddObserving(this IServiceCollection services, Settings settings)
    {
        services.AddHostedService<Gauges>();
        if (!IsScraped(settings) && settings.Collector is null)
        {
            return;
        }

        var telemetry = services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(Service, serviceVersion: Reply.Server.Version))
            .WithMetrics(metrics => AddExports(metrics.AddMeter(Measures.MeterName, "System.Runtime"), settings));
        if (settings.Collector is { } collector)
        {
            telemetry.WithTracing(traces => traces.AddSource(Stages.Source.Name)
                .AddOtlpExporter(options => Send(options, collector, "v1/traces")));
        }
    }

    /// <summary>Only behind a listener that no agent reaches: the numbers tell what goes on, and nobody is asked for a token.</summary>
    public static void MapMetrics(this WebApplication app, Settings settings)
    {
        if (IsScraped(settings))
        {
            app.MapPrometheusScrapingEndpoint(Metrics);
        }
    }

    private static bool IsScraped(Settings settings) => settings.InternalUrls.Count > 0;

    private static void AddExports(MeterProviderBuilder metrics, Settings settings)
    {
        if (IsScraped(settings))
        {
            metrics.AddPrometheusExporter();
        }

        if (settings.Collector is { } collector)
        {
            metrics.AddOtlpExporter(options => Send(options, collector, "v1/metrics"));
        }
    }

    private static void Send(OtlpExporterOptions options, Uri collector, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(collector.AbsoluteUri.TrimEnd('/') + "/" + path);
        // Neither a redirect nor a proxy of the environment takes what we send elsewhere.
        options.HttpClientFactory = () => new HttpClient(
            new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false });
    }
}
