using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Gateway.Ledger;

/// <summary>What the book keeps of an idempotency key: enough to recognise it, per agent, and no more.</summary>
internal static class KeyDigest
{
    public static byte[] Of(string agentId, string key) => SHA256.HashData(Encoding.UTF8.GetBytes($"{agentId}\n{key}"));
}
