using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Gateway.Relay;

/// <summary>The idempotency key Tasker sees: the same for each attempt, unguessable for anybody who knows the agent's key.</summary>
internal sealed class DerivedKey(string secret)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <returns>43 characters of base64url: HMAC-SHA-256 over agent and key.</returns>
    public string Derive(string agentId, string key) =>
        Mac($"{agentId}\0{key}");

    /// <summary>The key after it was fenced so often: another one, because Tasker refuses a fenced key for good.</summary>
    /// <param name="first">As <see cref="Derive"/> made it; the agent's own key is not needed.</param>
    /// <param name="generation">From 1, the first key itself.</param>
    public string At(string first, int generation) =>
        generation == 1 ? first : Mac(string.Create(CultureInfo.InvariantCulture, $"{first}\0{generation}"));

    private string Mac(string text) => Base64Url.EncodeToString(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)));
}
