using AgentGateway.Gateway.Accept;
using AgentGateway.Gateway.Authenticate;
using AgentGateway.Gateway.Decide;
using AgentGateway.Gateway.Ledger;
using AgentGateway.Gateway.Owners;
using AgentGateway.Gateway.Owners.Api;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Setup.Pairing;

/// <summary>The device's side, on the agents' listener: it has no credential yet, so nothing here asks for one.</summary>
internal static class PairingDoor
{
    public const string Start = "/api/v1/pairing";
    public const string Token = "/api/v1/pairing/token";
    public const int BodyLimit = 8 * 1024;

    public static IServiceCollection AddPairing(this IServiceCollection services) => services
        .AddSingleton<PairingDigests>()
        .AddSingleton<PairingStarts>()
        .AddSingleton<PairingBook>()
        .AddSingleton<PairingRedemption>()
        .AddSingleton<PairingRoutes>()
        .AddHostedService<PairingSweep>();

    public static void MapPairing(this WebApplication app)
    {
        var services = app.Services;
        var record = services.GetRequiredService<RefusalRecord>();
        var manifest = services.GetRequiredService<Manifest>().Digest;
        var starts = services.GetRequiredService<PairingStarts>();
        var redemption = services.GetRequiredService<PairingRedemption>();
        Map(app, Start, async (request, origin, cancel) => OwnerReply.Json(
            200,
            await starts.StartAsync(PairingWish.Read(request.Body(PairingBodyJson.Default.StartBody)), origin, cancel),
            PairingAnswerJson.Default.StartedAnswer));
        Map(app, Token, async (request, origin, cancel) => OwnerReply.Json(
            200,
            await redemption.PollAsync(request.Body(PairingBodyJson.Default.PollBody), origin, cancel),
            PairingAnswerJson.Default.RedeemedAnswer));

        void Map(WebApplication to, string path, Func<OwnerRequest, CallOrigin, CancellationToken, Task<OwnerAnswer>> handle) =>
            to.MapMethods(path, ["POST"], http => InternalRoutes.AnswerAsync(http, async () =>
            {
                var origin = Origins.Of(http);
                try
                {
                    return await handle(await OwnerRequest.ReadPushAsync(http, BodyLimit), origin, http.RequestAborted);
                }
                catch (RequestRefusedException refused) when (!IsWaiting(refused.Reason))
                {
                    await record(new Refusal
                    {
                        Reason = refused.Reason,
                        Origin = origin,
                        Cause = refused.Field,
                        ManifestDigest = manifest,
                    });
                    throw;
                }
            }));
    }

    private static bool IsWaiting(Reason reason) => reason == Reasons.AuthorizationPending || reason == Reasons.SlowDown;
}
