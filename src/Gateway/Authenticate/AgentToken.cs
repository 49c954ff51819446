using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>
/// The form of an agent token: <c>ndca1_</c>, 256 random bits in base62, and a checksum that costs no database to check.
/// </summary>
internal static class AgentToken
{
    public const string Scheme = "ndca1_";
    public const int Length = 55;
    public const int PrefixLength = 12;

    private const int RandomCharacters = 43;
    private const int ChecksumCharacters = 6;
    private const string Base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Base62);

    public static string Create()
    {
        // 43 base62 characters hold 256.03 bits: GetString draws each without bias.
        var body = Scheme + RandomNumberGenerator.GetString(Base62, RandomCharacters);
        Span<char> checksum = stackalloc char[ChecksumCharacters];
        WriteChecksum(body, checksum);
        return body + checksum.ToString();
    }

    /// <summary>What may be shown of a token: enough to recognise it, useless to guess the rest.</summary>
    public static string Prefix(string token) => token[..PrefixLength];

    /// <summary>Null when the text has the form of a token; else the cause, for the audit.</summary>
    public static string? Fault(ReadOnlySpan<char> text)
    {
        var formed = text.Length == Length && text.StartsWith(Scheme, StringComparison.Ordinal)
            && !text[Scheme.Length..].ContainsAnyExcept(Alphabet);
        if (!formed)
        {
            return "shape";
        }

        Span<char> checksum = stackalloc char[ChecksumCharacters];
        WriteChecksum(text[..^ChecksumCharacters], checksum);
        return text[^ChecksumCharacters..].SequenceEqual(checksum) ? null : "checksum";
    }

    private static void WriteChecksum(ReadOnlySpan<char> body, Span<char> checksum)
    {
        Span<byte> bytes = stackalloc byte[Length];
        var rest = Crc32.HashToUInt32(bytes[..Encoding.ASCII.GetBytes(body, bytes)]);
        for (var i = checksum.Length - 1; i >= 0; i--)
        {
            checksum[i] = Base62[(int)(rest % Base62.Length)];
            rest /= (uint)Base62.Length;
        }
    }
}
