using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Tree;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Edit;

/// <summary>Finds the block or the section an operation names, or says which ones it may have meant.</summary>
internal static class TargetLookup
{
    private const string Id = "/block_id";
    private const string Section = "/section";
    private const int HeadingLimit = 255;

    public static int Find(BlockDocument document, BlockOp op)
    {
        if (string.IsNullOrWhiteSpace(op.BlockId))
        {
            throw Refuse(BlockCodes.ValidationFailed, "The operation needs a block_id.", Id, []);
        }

        var match = BlockLookup.Find(document, op.BlockId);
        var reason = match.Ambiguous
            ? "The block id is the start of several ids; give more digits."
            : "The card has no block with this id.";
        return match.Index ?? throw Refuse(BlockCodes.BlockNotFound, reason, Id, match.Candidates);
    }

    /// <summary>The heading of a section; null if no heading has the text, which then becomes one.</summary>
    public static IElement? Heading(BlockDocument document, IReadOnlyList<IElement> added, string section, out string text)
    {
        text = TextRules.Accept(section).Trim();
        Limits.CheckText(text, HeadingLimit, "section");
        SecretScanner.Check(text);
        var match = BlockLookup.Heading(document, text);
        if (match.Index is { } index)
        {
            return document.Nodes[index].Element;
        }

        if (match.Ambiguous)
        {
            throw Refuse(
                BlockCodes.BlockNotFound, "Several headings have this text; give the id of one.", Section, match.Candidates);
        }

        if (match.WrongType)
        {
            throw Refuse(BlockCodes.BlockTypeMismatch, "The section must name a heading.", Section, match.Candidates);
        }

        var folded = BlockLookup.Fold(text);
        var earlier = added.FirstOrDefault(block =>
            block.LocalName is ['h', >= '1' and <= '6'] && BlockLookup.Fold(block.TextContent) == folded);
        if (earlier is not null)
        {
            return earlier;
        }

        if (BlockLookup.LooksLikeId(text))
        {
            throw Refuse(BlockCodes.BlockNotFound, "The card has no heading with this text or id.", Section, match.Candidates);
        }

        return folded.Length > 0
            ? null
            : throw Refuse(BlockCodes.ValidationFailed, "The section must have a visible text.", Section, []);
    }

    private static ContentRefusedException Refuse(
        string code, string message, string pointer, IReadOnlyList<Block> candidates) =>
        new(new BlockProblem { Code = code, Message = message, Pointer = pointer, Candidates = candidates });
}
