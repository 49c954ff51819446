using System.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AgentGateway.Gateway.Tests.Setup.Packet;

/// <summary>What a Markdown reader makes of a text: its structure without any words, and the words of each leaf.</summary>
internal sealed record MarkdownShape(string Structure, IReadOnlyList<string> Leaves, IReadOnlyList<string> Cells)
{
    /// <summary>The plain rules with tables, and everything Markdig knows: a name must be a name to both.</summary>
    public static readonly MarkdownPipeline[] Pipelines =
        [new MarkdownPipelineBuilder().UsePipeTables().Build(), new MarkdownPipelineBuilder().UseAdvancedExtensions().Build()];

    public static MarkdownShape Of(string markdown, MarkdownPipeline pipeline)
    {
        var structure = new StringBuilder();
        var leaves = new List<string>();
        var cells = new List<string>();
        Walk(Markdown.Parse(markdown, pipeline), 0, structure, leaves, cells);
        return new MarkdownShape(structure.ToString(), leaves, cells);
    }

    private static void Walk(Block block, int depth, StringBuilder structure, List<string> leaves, List<string> cells)
    {
        structure.Append(' ', depth).Append(block.GetType().Name).Append('\n');
        if (block is LeafBlock leaf)
        {
            leaves.Add(leaf.Inline is null ? leaf.Lines.ToString() : Words(leaf.Inline, structure));
        }

        var before = leaves.Count;
        foreach (var child in block as ContainerBlock ?? Enumerable.Empty<Block>())
        {
            Walk(child, depth + 1, structure, leaves, cells);
        }

        if (block is TableCell)
        {
            cells.Add(string.Concat(leaves.Skip(before)));
        }
    }

    // Plain words, a code span and a character reference are all just text; whatever else appears is structure.
    private static string Words(ContainerInline inlines, StringBuilder structure)
    {
        var words = new StringBuilder();
        foreach (var inline in inlines)
        {
            switch (inline)
            {
                case LiteralInline literal:
                    words.Append(literal.Content.AsSpan());
                    break;
                case CodeInline code:
                    words.Append(code.Content);
                    break;
                case HtmlEntityInline entity:
                    words.Append(entity.Transcoded.AsSpan());
                    break;
                case LineBreakInline { IsHard: false }:
                    words.Append('\n');
                    break;
                default:
                    structure.Append("inline ").Append(inline.GetType().Name).Append('\n');
                    break;
            }
        }

        return words.ToString();
    }
}
