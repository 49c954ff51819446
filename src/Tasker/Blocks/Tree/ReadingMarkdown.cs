using System.Text;
using AgentGateway.Tasker.Blocks.Runs;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>Writes blocks as one Markdown text for reading.</summary>
internal static class ReadingMarkdown
{
    private const string LanguagePrefix = "language-";

    // Deep enough to be inside the item above, whatever its marker, and too shallow for indented code.
    private const int ItemIndent = 4;

    public static string Write(IReadOnlyList<BlockNode> nodes, IReadOnlyList<BlockText> texts)
    {
        var markdown = new StringBuilder();
        for (var i = 0; i < nodes.Count; i++)
        {
            var block = Render(nodes[i], texts[i]);
            if (block.Length == 0)
            {
                continue;
            }

            var together = i > 0 && nodes[i].IsItem && nodes[i - 1].IsItem;
            markdown.Append(markdown.Length == 0 ? "" : together ? "\n" : "\n\n").Append(block);
        }

        return markdown.ToString();
    }

    public static string? Language(IElement pre) => pre.Children
        .Where(child => child.LocalName == "code")
        .SelectMany(code => code.ClassList)
        .Where(name => name.StartsWith(LanguagePrefix, StringComparison.Ordinal))
        .Select(name => name[LanguagePrefix.Length..])
        .FirstOrDefault();

    private static string Render(BlockNode node, BlockText text) => node.Type switch
    {
        BlockTypes.Heading => new string('#', node.Level ?? 1) + " " + OneLine(text.ToMarkdown(EscapeMode.Targeted)),
        BlockTypes.CheckItem => Item(node, text, node.Element.GetAttribute("data-checked") == "true" ? "- [x] " : "- [ ] "),
        BlockTypes.BulletItem => Item(node, text, "- "),
        BlockTypes.NumberedItem => Item(node, text, $"{node.Number}. "),
        BlockTypes.Quote or BlockTypes.Callout => "> " + Indented(text.ToMarkdown(EscapeMode.TargetedLines), "> "),
        BlockTypes.Code => Fence(text.Verbatim ?? "", Language(node.Element)),
        BlockTypes.Divider => "---",
        BlockTypes.Opaque => $"\\[{node.Element.LocalName}\\]",
        _ => text.Verbatim ?? text.ToMarkdown(EscapeMode.TargetedLines),
    };

    private static string Item(BlockNode node, BlockText text, string marker)
    {
        var indent = new string(' ', node.Indent * ItemIndent);
        return indent + marker + Indented(text.ToMarkdown(EscapeMode.TargetedLines), indent + "  ");
    }

    private static string Indented(string text, string prefix) => text.Replace("\n", "\n" + prefix, StringComparison.Ordinal);

    // A heading ends with its line; a break inside one can only be shown as a blank.
    private static string OneLine(string text) =>
        text.Replace("\\\n", " ", StringComparison.Ordinal).Replace('\n', ' ');

    private static string Fence(string code, string? language)
    {
        var fence = "```";
        while (code.Contains(fence, StringComparison.Ordinal))
        {
            fence += "`";
        }

        return $"{fence}{language}\n{code}\n{fence}";
    }
}
