using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using AgentGateway.Tasker.Blocks.Write;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>The text of a block: paragraphs of runs, or verbatim for code, and what Markdown would lose of it.</summary>
internal sealed class BlockText
{
    private BlockText(IReadOnlyList<List<InlineRun>> paragraphs, bool rich, int mentions)
    {
        Paragraphs = paragraphs;
        Mentions = mentions;
        Rich = rich;
    }

    public IReadOnlyList<List<InlineRun>> Paragraphs { get; }

    /// <summary>True if Markdown loses something other than the link behind a mention.</summary>
    public bool Rich { get; }

    public int Mentions { get; }

    public string? Verbatim { get; private init; }

    public static BlockText Read(BlockNode block, Func<string, CardMember?>? memberById)
    {
        switch (block.Type)
        {
            case BlockTypes.Code:
                return ReadCode(block.Element);
            case BlockTypes.Divider:
                return new BlockText([], false, 0);
            case BlockTypes.Opaque:
                return new BlockText([], true, 0);
            case BlockTypes.Table:
                return new BlockText([], true, 0) { Verbatim = TableText.Write(block.Element, memberById) };
            case BlockTypes.Heading or BlockTypes.Paragraph:
                return Collect([block.Element], block.Element.HasAttribute("style"), memberById);
            default:
                var content = block.IsItem ? CardDom.ItemContent(block.Element) : block.Element;
                var parts = content.Children.Where(child => !IsAside(child, block.IsItem)).ToList();
                var paragraphs = parts.Count(part => part.LocalName == "p");
                var rich = block.Type == BlockTypes.Callout || paragraphs < parts.Count || (block.IsItem && paragraphs > 1);
                return Collect(parts, rich || content.HasAttribute("style"), memberById);
        }
    }

    public string ToMarkdown(EscapeMode mode) => Verbatim
        ?? string.Join("\n\n", Paragraphs.Select(runs => InlineMarkdown.Write(runs, mode)).Where(text => text.Length > 0));

    public string ToPlainText() => Verbatim ?? string.Join("\n\n", Paragraphs.Select(RunList.PlainText));

    private static bool IsAside(IElement child, bool inItem) =>
        child.LocalName is "label" or "input" || (inItem && BlockWalk.IsList(child));

    private static BlockText Collect(IEnumerable<IElement> parts, bool rich, Func<string, CardMember?>? memberById)
    {
        var paragraphs = new List<List<InlineRun>>();
        var mentions = 0;
        foreach (var part in parts)
        {
            // Blocks inside blocks are shown as their text, so that nothing a person wrote stays unseen.
            var text = InlineReader.Read(part.ChildNodes, memberById);
            paragraphs.Add(text.Runs);
            mentions += text.Mentions;
            rich |= text.Rich || part.HasAttribute("style") || !Survives(text.Runs);
        }

        return new BlockText(paragraphs, rich, mentions);
    }

    // Markdown cannot write each nesting of marks; the only sure test is to read back what was written.
    private static bool Survives(List<InlineRun> runs)
    {
        if (runs.TrueForAll(run => run.Marks == RunMarks.None && run.Href is null && run.Mention is null))
        {
            return true;
        }

        var written = InlineMarkdown.Write(runs, EscapeMode.Targeted);
        var read = MarkdownParser.ParseText(written, new HashSet<string>());
        return read.Count == 1 && RunList.Trimmed(read[0]).SequenceEqual(RunList.Trimmed(runs));
    }

    private static BlockText ReadCode(IElement pre)
    {
        var code = pre.Children is [{ LocalName: "code" } only] ? only : pre;
        return new BlockText([], code.ChildElementCount > 0, 0) { Verbatim = TextRules.Strip(code.TextContent) };
    }
}
