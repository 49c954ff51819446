using System.Text;
using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using AgentGateway.Tasker.Blocks.Tree;
using AgentGateway.Tasker.Blocks.Write;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Edit;

/// <summary>Gives a block a new text; its kind, its id, its attributes and its sub-items stay.</summary>
internal sealed class TextReplacement(CardDom dom, MentionWeaver weaver, ISet<string> notes)
{
    private const string Pointer = "/markdown";

    /// <summary>False if the block already has this text.</summary>
    public bool Replace(BlockNode block, BlockText before, BlockOp op)
    {
        if (block.Type is BlockTypes.Table or BlockTypes.Callout or BlockTypes.Divider or BlockTypes.Opaque)
        {
            throw Refuse(BlockCodes.BlockTypeMismatch, $"The text of a {block.Type} block cannot be replaced.", "/block_id");
        }

        var text = ContentSource.Accept(op.Markdown ?? "", Pointer, notes);
        Limits.CheckText(text, Limits.BlockText, "block");
        if (block.Type == BlockTypes.Code)
        {
            return ReplaceCode(block.Element, before, text, op.AllowFormatLoss);
        }

        var paragraphs = MarkdownParser.ParseText(text, notes).FindAll(runs => RunList.Trimmed(runs).Count > 0);
        Require(string.Concat(paragraphs.Select(RunList.PlainText)));
        if (text == before.ToMarkdown(EscapeMode.Targeted) || text == before.ToMarkdown(EscapeMode.Full))
        {
            return false;
        }

        CheckFormat(before, before.Mentions > 0 && !KeepsMentions(before, paragraphs), op.AllowFormatLoss);
        weaver.Remember(block.Element);
        switch (block.Type)
        {
            case BlockTypes.Heading or BlockTypes.Paragraph:
                Fill(block.Element, RunList.Join(paragraphs));
                break;
            case BlockTypes.Quote:
                FillParagraphs(block.Element, paragraphs);
                break;
            default:
                FillParagraphs(CardDom.ItemContent(block.Element), [RunList.Join(paragraphs)]);
                break;
        }

        return true;
    }

    private static bool ReplaceCode(IElement pre, BlockText before, string text, bool allowFormatLoss)
    {
        Require(text);
        if (text == before.Verbatim)
        {
            return false;
        }

        CheckFormat(before, false, allowFormatLoss);
        var code = pre.Children is [{ LocalName: "code" } only] ? only : pre;
        code.TextContent = text;
        return true;
    }

    private static void CheckFormat(BlockText before, bool losesMention, bool allowed)
    {
        if (!allowed && (before.Rich || losesMention))
        {
            throw Refuse(BlockCodes.FormatLoss,
                losesMention ? "The new text drops a mention." : "The block has formatting Markdown cannot express.",
                "/allow_format_loss");
        }
    }

    private static bool KeepsMentions(BlockText before, List<List<InlineRun>> after)
    {
        var wanted = Handles(before.Paragraphs);
        var kept = Handles(after).ToLookup(handle => handle);
        return wanted.ToLookup(handle => handle).All(handle => kept[handle.Key].Count() >= handle.Count());
    }

    private static IEnumerable<string> Handles(IEnumerable<List<InlineRun>> paragraphs) =>
        paragraphs.SelectMany(runs => runs).Select(run => run.Mention?.ToLowerInvariant()).OfType<string>();

    // The paragraphs there keep their ids; other blocks between them, such as an image, stay.
    private void FillParagraphs(IElement container, List<List<InlineRun>> paragraphs)
    {
        var old = container.Children.Where(child => child.LocalName == "p").ToList();
        for (var i = 0; i < paragraphs.Count; i++)
        {
            var paragraph = i < old.Count ? old[i] : dom.Paragraph();
            Fill(paragraph, paragraphs[i]);
            if (i < old.Count)
            {
                continue;
            }

            if (old.Count > 0)
            {
                old[^1].After(paragraph);
            }
            else if (container.Children.FirstOrDefault(child => child.LocalName is not ("label" or "input")) is { } first)
            {
                first.Before(paragraph);
            }
            else
            {
                container.Append(paragraph);
            }

            old.Add(paragraph);
        }

        old.Skip(paragraphs.Count).ToList().ForEach(paragraph => paragraph.Remove());
    }

    private void Fill(IElement paragraph, List<InlineRun> runs)
    {
        var html = new StringBuilder();
        MarkdownHtml.Paragraph(html, runs);
        var rendered = Fragment.Build(html.ToString(), weaver);
        paragraph.ReplaceChildren([.. rendered[0].ChildNodes]);
    }

    private static void Require(string text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Refuse(BlockCodes.ValidationFailed, "The new text is empty; a block cannot be emptied.", Pointer);
        }
    }

    private static ContentRefusedException Refuse(string code, string message, string pointer) =>
        new(new BlockProblem { Code = code, Message = message, Pointer = pointer });
}
