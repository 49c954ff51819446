using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Launcher.Web;

/// <summary>Recognises the tokens of one door; the time it takes says nothing about which byte was wrong.</summary>
internal sealed class BearerTokens(IEnumerable<string> tokens)
{
    private const string Scheme = "Bearer ";

    private readonly byte[][] _digests = [.. tokens.Select(Digest)];

    public bool Knows(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var presented = Digest(header[Scheme.Length..]);
        var known = false;
        foreach (var digest in _digests)
        {
            known |= CryptographicOperations.FixedTimeEquals(digest, presented);
        }

        return known;
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
