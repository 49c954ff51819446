using System.Security.Cryptography;
using AgentGateway.Policy;
using AgentGateway.Policy.Arguments;

namespace AgentGateway.Gateway.Ledger;

/// <summary>Makes the ledger's request out of a permit: fingerprint, and for a write its key, minted when the agent sent none.</summary>
internal static class AdmissionRequests
{
    private const string KeyArgument = "idempotency_key";

    public static AdmissionRequest Of(Permit permit, CallOrigin origin, string manifestDigest) => new()
    {
        Permit = permit,
        Origin = origin,
        IdempotencyKey = permit.Rule.Effect == Effect.Write ? permit.Call.IdempotencyKey ?? Mint() : null,
        Fingerprint = Fingerprint(permit.Call),
        ManifestDigest = manifestDigest,
    };

    // SHA-256 over tool and RFC 8785 arguments: the key itself is no part of what it guards.
    private static byte[] Fingerprint(ToolCall call) =>
        SHA256.HashData(CanonicalJson.Write(call.Arguments, without: KeyArgument, prefix: call.Tool + '\0'));

    private static string Mint() => $"gw-{Guid.CreateVersion7():N}";
}
