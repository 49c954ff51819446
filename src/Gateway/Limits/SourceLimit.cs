using System.Threading.RateLimiting;
using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Accept.Door;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Policy;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RateLimiting;

namespace AgentGateway.Gateway.Limits;

/// <summary>A token bucket per source, before any check and any body: guessing tokens is slow, and each refusal is counted.</summary>
/// <remarks>Per replica: the exact budgets of agents and owners are the ledger's.</remarks>
internal static class SourceLimit
{
    private static readonly string[] Probes = ["/healthz", "/readyz"];

    public static IServiceCollection AddSourceLimit(this IServiceCollection services, Rate rate, Sources sources, string manifestDigest) =>
        services.AddRateLimiter(options =>
        {
            options.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            Func<UInt128, TokenBucketRateLimiterOptions> bucket = _ => BucketOf(rate);
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, UInt128>(http =>
                rate.IsUnlimited || IsOpen(http)
                    ? RateLimitPartition.GetNoLimiter(UInt128.MaxValue)
                    // Who hides behind a proxy's unreadable word is refused at the door; until then all such share one bucket.
                    : RateLimitPartition.GetTokenBucketLimiter(Sources.KeyOf(sources.CallerOf(http)), bucket));
            options.OnRejected = (rejected, _) => RefuseAsync(rejected, sources, manifestDigest);
        });

    private static TokenBucketRateLimiterOptions BucketOf(Rate rate) => new()
    {
        TokenLimit = (int)rate.Burst,
        TokensPerPeriod = Math.Max(1, (int)rate.PerSecond),
        ReplenishmentPeriod = TimeSpan.FromSeconds(Math.Max(1, 1 / rate.PerSecond)),
    };

    private static bool IsOpen(HttpContext http) => http.Features.Get<ListenerTag>() is { Listener: Listener.Internal }
        || Probes.Contains(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, StringComparer.Ordinal);

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, Sources sources, string manifestDigest)
    {
        var http = rejected.HttpContext;
        http.Connection.RemoteIpAddress = sources.CallerOf(http);
        await http.RequestServices.GetRequiredService<RefusalRecord>()(new Refusal
        {
            Reason = Reasons.RateLimited,
            Origin = Origins.Of(http),
            Cause = "source",
            ManifestDigest = manifestDigest,
        });
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var known) ? known : TimeSpan.FromSeconds(1);
        await Reply.ProblemAsync(
            http, Reasons.RateLimited.Status, Reasons.RateLimited,
            "Too many requests come from this address.", writer => writer.WriteNumber("retry_after", Reply.Seconds(wait)), wait);
    }
}
