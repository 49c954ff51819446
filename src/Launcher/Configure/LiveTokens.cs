using System.Security.Cryptography;
using System.Text;

namespace AgentGateway.Launcher.Configure;

/// <summary>The tokens of one door, replaced all at once; the time it takes says nothing about which byte was wrong.</summary>
internal sealed class LiveTokens(string name, IReadOnlyList<string> values)
{
    private const string Scheme = "Bearer ";

    private volatile State _state = new(values);

    public string Name => name;

    public IReadOnlyList<string> Values => _state.Values;

    /// <summary>The one to present to others; asked for at each use.</summary>
    public string First => _state.Values[0];

    public void Replace(IReadOnlyList<string> tokens) => _state = new State(tokens);

    public bool Knows(HttpRequest request)
    {
        if (request.Headers.Authorization is not [{ } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var presented = Digest(header[Scheme.Length..]);
        var known = false;
        foreach (var digest in _state.Digests)
        {
            known |= CryptographicOperations.FixedTimeEquals(digest, presented);
        }

        return known;
    }

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private sealed class State(IReadOnlyList<string> values)
    {
        public IReadOnlyList<string> Values { get; } = values;

        public byte[][] Digests { get; } = [.. values.Select(Digest)];
    }
}
