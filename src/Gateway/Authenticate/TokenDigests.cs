using System.Security.Cryptography;
using System.Text;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>
/// How tokens are stored: under a pepper that is not in the database, so that neither a dump nor a writer of rows has a token.
/// </summary>
internal sealed class TokenDigests(Secret pepper)
{
    private readonly byte[]? _pepper = pepper.IsMissing ? null : Encoding.UTF8.GetBytes(pepper.Reveal());

    /// <summary>0: plain SHA-256; 1: HMAC-SHA-256. A row of another version never matches.</summary>
    public short Version => _pepper is null ? (short)0 : (short)1;

    public byte[] Of(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[AgentToken.Length];
        var text = bytes[..Encoding.ASCII.GetBytes(token, bytes)];
        return _pepper is null ? SHA256.HashData(text) : HMACSHA256.HashData(_pepper, text);
    }
}
