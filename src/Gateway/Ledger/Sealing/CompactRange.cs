using System.Numerics;
using System.Security.Cryptography;

namespace AgentGateway.Gateway.Ledger.Sealing;

/// <summary>
/// A Merkle tree (RFC 6962) that only grows, kept as the roots of its complete subtrees: appending costs one to two hashes.
/// </summary>
internal sealed class CompactRange
{
    public const int HashSize = 32;

    private const byte LeafPrefix = 0;
    private const byte NodePrefix = 1;

    // The largest subtree first, one for each bit that is set in the size.
    private readonly List<byte[]> _subtrees = [];

    public long Size { get; private set; }

    /// <summary>Null when the bytes cannot be a range of that size; whether they are the right ones only a root shows.</summary>
    public static CompactRange? Parse(long size, ReadOnlySpan<byte> frontier)
    {
        if (size < 0 || frontier.Length != BitOperations.PopCount((ulong)size) * HashSize)
        {
            return null;
        }

        var range = new CompactRange { Size = size };
        for (; !frontier.IsEmpty; frontier = frontier[HashSize..])
        {
            range._subtrees.Add(frontier[..HashSize].ToArray());
        }

        return range;
    }

    /// <summary>The prefix keeps a leaf from ever being taken for a node.</summary>
    public static byte[] Leaf(ReadOnlySpan<byte> row)
    {
        Span<byte> input = row.Length < 2048 ? stackalloc byte[row.Length + 1] : new byte[row.Length + 1];
        input[0] = LeafPrefix;
        row.CopyTo(input[1..]);
        return SHA256.HashData(input);
    }

    public void Append(ReadOnlySpan<byte> leaf)
    {
        var node = leaf.ToArray();
        for (var complete = Size; (complete & 1) == 1; complete >>= 1)
        {
            node = Node(_subtrees[^1], node);
            _subtrees.RemoveAt(_subtrees.Count - 1);
        }

        _subtrees.Add(node);
        Size++;
    }

    public byte[] Root()
    {
        if (_subtrees.Count == 0)
        {
            return SHA256.HashData([]);
        }

        var root = _subtrees[^1];
        for (var index = _subtrees.Count - 2; index >= 0; index--)
        {
            root = Node(_subtrees[index], root);
        }

        return root;
    }

    public byte[] Frontier() => [.. _subtrees.SelectMany(subtree => subtree)];

    public CompactRange Copy()
    {
        var copy = new CompactRange { Size = Size };
        copy._subtrees.AddRange(_subtrees);
        return copy;
    }

    private static byte[] Node(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        Span<byte> input = stackalloc byte[1 + (2 * HashSize)];
        input[0] = NodePrefix;
        left.CopyTo(input[1..]);
        right.CopyTo(input[(1 + HashSize)..]);
        return SHA256.HashData(input);
    }
}
