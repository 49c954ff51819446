using System.Security.Cryptography;
using AgentGateway.Policy;
using AgentGateway.Policy.Arguments;

namespace AgentGateway.Gateway.Ledger;

/// <summary>Makes the ledger's request out of a permit: fingerprint, and for a write its key, minted when the agent sent none.</summary>
internal static class AdmissionRequests
{
    private const string KeyArgument = "idempotency_key";

    // What says an earlier call again goes under that one's key, and so gets its outcome.
    public static AdmissionRequest Of(Permit permit, CallOrigin origin, string manifestDigest) => new()
    {
        Permit = permit,
        Origin = origin,
        IdempotencyKey = permit.Rule.Effect == Effect.Write ? permit.Call.Session?.Repeats?.Key ?? permit.Call.IdempotencyKey ?? Mint()
            : null,
        Fingerprint = permit.Call.Session?.Repeats?.Fingerprint ?? Fingerprint(permit.Call),
        ManifestDigest = manifestDigest,
    };

    // SHA-256 over tool and RFC 8785 arguments: the key itself is no part of what it guards.
    public static byte[] Fingerprint(ToolCall call) =>
        SHA256.HashData(CanonicalJson.Write(call.Arguments, without: KeyArgument, prefix: call.Tool + '\0'));

    private static string Mint() => $"gw-{Guid.CreateVersion7():N}";
}
