using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Seed;

/// <summary>The same name has the same id in every database, so that seeding again adds nothing.</summary>
internal static partial class SeedIds
{
    public static readonly Guid Owner = Guid.Parse("0a1a2a3a-0000-4000-8000-00000000a001");

    public static Guid Of(string name)
    {
        Span<byte> bytes = SHA256.HashData(Encoding.UTF8.GetBytes("nodedc/" + name)).AsSpan(0, 16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80); // Version 8: made by our own rule.
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    public static Guid Person(string handle) => handle == "anna" ? Owner : Of($"user/{handle}");

    /// <summary>Block ids are drawn when text becomes HTML; a story that can be compared needs fixed ones.</summary>
    public static string FixBlocks(string html, string name)
    {
        var block = 0;
        return BlockId().Replace(html, _ => $"data-id=\"{Of($"{name}/block/{++block}")}\"");
    }

    [GeneratedRegex("data-id=\"[0-9a-fA-F-]{36}\"")]
    private static partial Regex BlockId();
}
