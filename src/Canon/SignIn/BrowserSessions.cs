using System.Security.Cryptography;
using System.Text;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Canon.SignIn;

/// <summary>Who is signed in: half an hour without a request ends a session, twelve hours end it anyway. Kept in this process.</summary>
public sealed class BrowserSessions(TimeProvider clock)
{
    private const int SecretBytes = 32;
    private const int MostPerPerson = 16;
    private const int Most = 10_000;

    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(30);
    public static readonly TimeSpan Longest = TimeSpan.FromHours(12);

    private readonly Lock _gate = new();

    // By digest: what this process remembers opens nothing.
    private readonly Dictionary<string, BrowserSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>A new session; the answer is the secret that the browser keeps.</summary>
    public string Open(Person person)
    {
        var secret = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(SecretBytes));
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            RemoveExpired(now);
            var own = _sessions.Where(one => one.Value.Person.Id == person.Id).ToList();
            RemoveOldest(own, own.Count - MostPerPerson + 1);
            RemoveOldest(_sessions, _sessions.Count - Most + 1);
            _sessions[Digest(secret)] = new BrowserSession(person, now);
        }

        return secret;
    }

    public BrowserSession? Find(string? secret)
    {
        if (secret is not { Length: > 0 and <= 64 })
        {
            return null;
        }

        var now = clock.GetUtcNow();
        lock (_gate)
        {
            if (!_sessions.TryGetValue(Digest(secret), out var session))
            {
                return null;
            }

            if (IsOver(session, now))
            {
                _sessions.Remove(Digest(secret));
                return null;
            }

            session.Touch(now);
            return session;
        }
    }

    public void Close(string? secret)
    {
        if (secret is { Length: > 0 and <= 64 })
        {
            lock (_gate)
            {
                _sessions.Remove(Digest(secret));
            }
        }
    }

    /// <summary>Signs a person out everywhere, for instance when they were blocked.</summary>
    public int CloseAllOf(string personId)
    {
        lock (_gate)
        {
            var own = _sessions.Where(one => one.Value.Person.Id == personId).Select(one => one.Key).ToList();
            return own.Count(_sessions.Remove);
        }
    }

    private void RemoveExpired(DateTimeOffset now)
    {
        foreach (var key in _sessions.Where(one => IsOver(one.Value, now)).Select(one => one.Key).ToList())
        {
            _sessions.Remove(key);
        }
    }

    private void RemoveOldest(IEnumerable<KeyValuePair<string, BrowserSession>> among, int count)
    {
        if (count > 0)
        {
            foreach (var key in among.OrderBy(one => one.Value.SeenAt).Take(count).Select(one => one.Key).ToList())
            {
                _sessions.Remove(key);
            }
        }
    }

    private static bool IsOver(BrowserSession session, DateTimeOffset now) =>
        now - session.SeenAt >= Idle || now - session.OpenedAt >= Longest;

    private static string Digest(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
