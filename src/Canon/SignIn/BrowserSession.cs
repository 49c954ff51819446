using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.IdentityModel.Tokens;

namespace AgentGateway.Canon.SignIn;

/// <summary>One person in one browser, from signing in to signing out; holds the token that our own forms carry.</summary>
public sealed class BrowserSession(Person person, DateTimeOffset openedAt)
{
    private const int LargestDrawer = 16;

    /// <summary>How long ago the sign-in may be behind a change that hands out a token.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, object> _kept = new(StringComparer.Ordinal);
    private long _seenAt = openedAt.UtcTicks;

    public Person Person { get; } = person;

    public DateTimeOffset OpenedAt { get; } = openedAt;

    public string Csrf { get; } = Base64UrlEncoder.Encode(RandomNumberGenerator.GetBytes(32));

    /// <summary>Whether the person has signed in within the last <see cref="Fresh"/>.</summary>
    public bool IsFresh(DateTimeOffset now) => now - OpenedAt < Fresh;

    internal DateTimeOffset SeenAt => new(Interlocked.Read(ref _seenAt), TimeSpan.Zero);

    /// <summary>Keeps something for the next page, such as a message or a secret that is shown once.</summary>
    public void Keep<T>(string name, T value)
        where T : class
    {
        if (_kept.Count < LargestDrawer || _kept.ContainsKey(name))
        {
            _kept[name] = value;
        }
    }

    /// <summary>What was kept, for this one time.</summary>
    public T? Take<T>(string name)
        where T : class => _kept.TryRemove(name, out var value) ? value as T : null;

    internal void Touch(DateTimeOffset now) => Interlocked.Exchange(ref _seenAt, now.UtcTicks);
}
