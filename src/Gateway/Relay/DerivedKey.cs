using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Gateway.Relay;

/// <summary>The idempotency key Tasker sees: the same for each attempt, unguessable for anybody who knows the agent's key.</summary>
internal sealed class DerivedKey(string secret)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <returns>43 characters of base64url: HMAC-SHA-256 over agent and key.</returns>
    public string Derive(string agentId, string key) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes($"{agentId}\0{key}")));
}
