using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Parsers;
using Markdig.Syntax;

namespace AgentGateway.Tasker.Blocks.Write;

/// <summary>Parses Markdown without HTML and without automatic links, whole or as the text of one block.</summary>
internal static class MarkdownParser
{
    private static readonly MarkdownPipeline Blocks = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
        .UsePipeTables()
        .UseTaskLists()
        .Build();

    private static readonly MarkdownPipeline Inlines = InlinePipeline();

    public static MarkdownDocument Parse(string markdown) => Parse(markdown, Blocks);

    /// <summary>The paragraphs of one block's text; nothing in it can start a block.</summary>
    public static List<List<InlineRun>> ParseText(string text, ISet<string> notes)
    {
        var paragraphs = new List<List<InlineRun>>();
        foreach (var block in Parse(text, Inlines))
        {
            if (block is LeafBlock leaf)
            {
                paragraphs.Add(InlineSource.Read(leaf.Inline, notes));
            }
        }

        return paragraphs;
    }

    private static MarkdownDocument Parse(string markdown, MarkdownPipeline pipeline)
    {
        try
        {
            return Markdown.Parse(markdown, pipeline);
        }
        catch (ArgumentException)
        {
            // The parser's only refusal of a string: its nesting limit, which keeps its stack finite.
            throw new ContentRefusedException(BlockCodes.ValidationFailed, "The Markdown is nested too deeply.");
        }
    }

    private static MarkdownPipeline InlinePipeline()
    {
        var builder = new MarkdownPipelineBuilder()
            .DisableHtml()
            .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough);
        builder.BlockParsers.Clear();
        builder.BlockParsers.Add(new ParagraphBlockParser { ParseSetextHeadings = false });
        return builder.Build();
    }
}
