using System.Collections.Concurrent;
using System.Security.Cryptography;
using AgentGateway.Policy;

namespace AgentGateway.Gateway.Authenticate;

/// <summary>
/// Recently used authorities by token digest. May be out of date: admission compares the version with the database,
/// so a stale entry costs a reload and never a call. Holds good tokens only; guesses cannot push them out.
/// </summary>
internal sealed class AuthorityCache(TimeProvider clock, int capacity = 10_000)
{
    private readonly ConcurrentDictionary<UInt128, Entry> _entries = new();

    public int Count => _entries.Count;

    public Authority? Find(byte[] digest)
    {
        if (!_entries.TryGetValue(KeyOf(digest), out var entry) || !CryptographicOperations.FixedTimeEquals(entry.Digest, digest))
        {
            return null;
        }

        entry.LastUse = clock.GetTimestamp();
        // A clock of our own only ever shortens: the database decides whether it really ran out.
        return entry.Authority.ValidUntil > clock.GetUtcNow() ? entry.Authority : null;
    }

    public void Put(byte[] digest, Authority authority)
    {
        _entries[KeyOf(digest)] = new Entry(digest, authority) { LastUse = clock.GetTimestamp() };
        if (_entries.Count > capacity)
        {
            DropOldest();
        }
    }

    public void Remove(byte[] digest) => _entries.TryRemove(KeyOf(digest), out _);

    // A tenth at once, so that a full cache does not sort itself at each new token.
    private void DropOldest()
    {
        foreach (var (key, _) in _entries.ToArray().OrderBy(pair => pair.Value.LastUse).Take(Math.Max(1, capacity / 10)))
        {
            _entries.TryRemove(key, out _);
        }
    }

    private static UInt128 KeyOf(byte[] digest) => System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(digest);

    private sealed record Entry(byte[] Digest, Authority Authority)
    {
        public long LastUse { get; set; }
    }
}
