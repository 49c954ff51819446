using System.Security.Cryptography;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>Names blocks by the shortest unique prefix of their UUID, and gives every block node a UUID of its own.</summary>
internal static class BlockIds
{
    public const string Attribute = "data-id";
    private const int ShortestPrefix = 6;

    /// <summary>True for the elements the editor gives an id: blocks, their containers and inner paragraphs.</summary>
    public static bool Carries(IElement element) => element.LocalName switch
    {
        "h1" or "h2" or "h3" or "h4" or "h5" or "h6" or "p" => true,
        "ul" or "ol" or "li" or "blockquote" or "pre" or "table" or "hr" => true,
        "div" => element.GetAttribute("data-block-type") == "callout-component"
            || element.GetAttribute("data-type") == "horizontalRule" || element.Parent is IElement { LocalName: "body" },
        _ => element.Parent is IElement { LocalName: "body" },
    };

    /// <summary>The 32 hex digits of each block's UUID, or null where it has none of its own.</summary>
    public static List<string?> Own(IReadOnlyList<BlockNode> blocks)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return blocks.Select(block => Hex(block.Element) is { } hex && seen.Add(hex) ? hex : null).ToList();
    }

    public static List<string> Short(IReadOnlyList<string?> own)
    {
        // In sorted order the longest prefix an id shares with any other is the one it shares with a neighbour.
        var sorted = own.OfType<string>().Order(StringComparer.Ordinal).ToList();
        var lengths = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < sorted.Count; i++)
        {
            var before = i > 0 ? Shared(sorted[i - 1], sorted[i]) : 0;
            var after = i + 1 < sorted.Count ? Shared(sorted[i], sorted[i + 1]) : 0;
            lengths[sorted[i]] = Math.Max(ShortestPrefix, Math.Max(before, after) + 1);
        }

        return own.Select(id => id is null ? "" : id[..lengths[id]]).ToList();
    }

    /// <summary>Gives an id to each block node that has none or repeats an earlier one.</summary>
    public static void Materialise(IElement body)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var element in body.QuerySelectorAll("*").Where(Carries))
        {
            if (Hex(element) is not { } hex || !seen.Add(hex))
            {
                var id = NewId();
                seen.Add(id.ToString("N"));
                element.SetAttribute(Attribute, id.ToString("D"));
            }
        }
    }

    /// <summary>The UUID of a block in its canonical form, or null where it has none.</summary>
    public static string? Of(IElement element) =>
        Guid.TryParseExact(element.GetAttribute(Attribute), "D", out var id) ? id.ToString("D") : null;

    private static string? Hex(IElement element) =>
        Guid.TryParseExact(element.GetAttribute(Attribute), "D", out var id) ? id.ToString("N") : null;

    private static int Shared(string left, string right) => left.AsSpan().CommonPrefixLength(right);

    // Blocks are named by prefix: ids that sort by time would share their first twelve digits with their neighbours.
    private static Guid NewId()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
