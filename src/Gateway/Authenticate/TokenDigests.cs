using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using AgentGateway.Gateway.Configure;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>
/// How tokens are stored: under a pepper that is not in the database, so that neither a dump nor a writer of rows has a token.
/// </summary>
internal sealed class TokenDigests
{
    private readonly byte[][] _peppers;

    public TokenDigests(Secret pepper)
        : this(pepper.IsMissing ? [] : [pepper])
    {
    }

    /// <param name="peppers">The current one first, then the one before while rotating; none: plain SHA-256.</param>
    public TokenDigests(IReadOnlyList<Secret> peppers)
    {
        _peppers = [.. peppers.Select(pepper => Encoding.UTF8.GetBytes(pepper.Reveal()))];
        Versions = VersionsOf(0);
        VersionsBefore = VersionsOf(1);
    }

    /// <summary>Which pepper a new row is under: 0 for plain SHA-256, else what tells this pepper from another.</summary>
    public short Version => Versions[0];

    /// <summary>What rows under the current pepper say.</summary>
    public short[] Versions { get; }

    /// <summary>What rows under the pepper before say.</summary>
    public short[] VersionsBefore { get; }

    /// <summary>As a new token is stored.</summary>
    public byte[] Of(ReadOnlySpan<char> token)
    {
        Span<byte> bytes = stackalloc byte[AgentToken.Length];
        var text = bytes[..Encoding.ASCII.GetBytes(token, bytes)];
        return _peppers.Length == 0 ? SHA256.HashData(text) : HMACSHA256.HashData(_peppers[0], text);
    }

    /// <summary>As it was stored before, while a pepper is rotated; null: in no other way than now.</summary>
    public byte[]? Before(ReadOnlySpan<char> token)
    {
        if (_peppers.Length < 2)
        {
            return null;
        }

        Span<byte> bytes = stackalloc byte[AgentToken.Length];
        return HMACSHA256.HashData(_peppers[1], bytes[..Encoding.ASCII.GetBytes(token, bytes)]);
    }

    // Rows written before peppers were told apart say 1, whichever it was.
    private short[] VersionsOf(int pepper) =>
        _peppers.Length == 0 ? [0] : pepper < _peppers.Length ? [Fingerprint(_peppers[pepper]), 1] : [];

    // Fifteen bits of a keyed hash: enough to tell two peppers apart, nothing to find one by.
    private static short Fingerprint(byte[] pepper) =>
        (short)Math.Max(2, BinaryPrimitives.ReadUInt16BigEndian(HMACSHA256.HashData(pepper, "pepper version"u8)) & 0x7FFF);
}
