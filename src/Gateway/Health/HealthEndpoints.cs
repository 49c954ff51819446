using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Decide;

namespace AgentGateway.Gateway.Health;

/// <summary>Tells the platform whether this process lives (<c>/healthz</c>) and may be sent calls (<c>/readyz</c>).</summary>
internal static class HealthEndpoints
{
    public static void MapHealth(this WebApplication app)
    {
        var clock = app.Services.GetRequiredService<TimeProvider>();
        var manifest = app.Services.GetRequiredService<Manifest>();
        var readiness = app.Services.GetRequiredService<Readiness>();
        var started = clock.GetTimestamp();
        app.Map("/healthz", http => WriteAsync(http, healthy: true, HealthJson.Default.Health, new Health(
            "ok", Reply.Server.Version, manifest.Digest, (long)clock.GetElapsedTime(started).TotalSeconds)));
        app.Map("/readyz", async http =>
        {
            var report = await readiness.CheckAsync(http.RequestAborted);
            await WriteAsync(http, report.Ready, HealthJson.Default.ReadinessReport, report);
        });
    }

    private static async Task WriteAsync<T>(HttpContext http, bool healthy, JsonTypeInfo<T> shape, T value)
    {
        http.Response.StatusCode = healthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, shape), http.RequestAborted);
    }
}

/// <summary>What <c>/healthz</c> says.</summary>
internal sealed record Health(string Status, string Version, string ManifestDigest, long UptimeSeconds);

/// <summary>Writes the probes' answers.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Health))]
[JsonSerializable(typeof(ReadinessReport))]
internal sealed partial class HealthJson : JsonSerializerContext;
