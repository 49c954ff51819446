using System.Security.Cryptography;
using System.Text;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>Fingerprints a block: its kind and its own HTML, whatever its id, its position and its sub-items.</summary>
internal static class Revision
{
    /// <summary>Six hex digits of the block's rev, then four more, which tell a block without an id from others.</summary>
    public static (string Rev, string Hash) Of(BlockNode block)
    {
        var text = new StringBuilder(256);
        text.Append(block.Type).Append('\n');
        var skipped = block.IsItem ? BlockWalk.NestedLists(block.Element).ToHashSet() : [];
        Write(block.Element, skipped, text);
        return Of(text.ToString());
    }

    public static (string Rev, string Hash) Of(string text)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return (hash[..6], hash[6..10]);
    }

    private static void Write(INode node, HashSet<IElement> skipped, StringBuilder text)
    {
        switch (node)
        {
            case IText words:
                text.Append(words.Data.Replace("&", "&amp;", StringComparison.Ordinal)
                    .Replace("<", "&lt;", StringComparison.Ordinal));
                break;
            case IElement element when !skipped.Contains(element):
                text.Append('<').Append(element.LocalName);
                foreach (var attribute in element.Attributes.Where(attribute => !IsBlockId(element, attribute)))
                {
                    text.Append(' ').Append(attribute.Name).Append("=\"")
                        .Append(attribute.Value.Replace("&", "&amp;", StringComparison.Ordinal)
                            .Replace("\"", "&quot;", StringComparison.Ordinal))
                        .Append('"');
                }

                text.Append('>');
                foreach (var child in element.ChildNodes)
                {
                    Write(child, skipped, text);
                }

                text.Append("</>");
                break;
        }
    }

    private static bool IsBlockId(IElement element, IAttr attribute) =>
        attribute.Name == BlockIds.Attribute && BlockIds.Carries(element);
}
