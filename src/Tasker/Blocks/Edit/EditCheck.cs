using System.Text;
using AgentGateway.Tasker.Blocks.Guard;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Edit;

/// <summary>Proves of a finished batch that it changed what it names and nothing else, within the limits of a card.</summary>
internal static class EditCheck
{
    public static void Batch(BlockDocument before, IReadOnlyList<BlockOp> ops, int markdownLimit)
    {
        if (before.TooDeep)
        {
            throw Refuse("The description is nested too deeply to be edited.");
        }

        if (ops.Count is 0 or > Limits.Ops)
        {
            throw Refuse($"A call carries 1 to {Limits.Ops} operations.");
        }

        var size = ops.Sum(op => Limits.CodePoints(op.Markdown ?? "")
            + (op.Blocks?.Sum(block => Limits.CodePoints(block.Text ?? "")) ?? 0));
        if (size > markdownLimit)
        {
            throw Refuse($"The operations carry {size} characters of text; at most {markdownLimit} are accepted per call.");
        }
    }

    /// <summary>Throws unless every block no operation named has its rev, its id and its place among the others.</summary>
    public static void Untouched(
        BlockDocument before,
        BlockDocument after,
        Dictionary<IElement, int> position,
        HashSet<IElement> touched,
        IElement? dropped)
    {
        Require(position.Count == after.Nodes.Count, "the stored form has other blocks than the edited one");
        var last = -1;
        for (var i = 0; i < before.Nodes.Count; i++)
        {
            var element = before.Nodes[i].Element;
            if (element == dropped)
            {
                continue;
            }

            Require(position.TryGetValue(element, out var now), "a block is gone");
            Require(now > last, "a block moved");
            last = now;
            Require(before.FullIds[i] is not { } id || after.FullIds[now] == id, "a block has another id");
            Require(
                touched.Contains(element) || before.Blocks[i].Rev == after.Blocks[now].Rev,
                "a block no operation named changed");
        }
    }

    public static void Sizes(BlockDocument before, BlockDocument after, string html, string htmlBefore)
    {
        Limits.CheckHtml(html, Encoding.UTF8.GetByteCount(htmlBefore));
        if (after.Blocks.Count > Limits.Blocks && after.Blocks.Count > before.Blocks.Count)
        {
            throw new ContentRefusedException(BlockCodes.PayloadTooLarge,
                $"The card would have {after.Blocks.Count} blocks; at most {Limits.Blocks} are stored.");
        }
    }

    /// <summary>Reads new text as a person sees it: formatting may have split a secret in the raw Markdown.</summary>
    public static void NewText(
        BlockDocument after, IReadOnlyList<(int Block, int Op)> added, IEnumerable<int> replaced)
    {
        foreach (var (block, op) in added)
        {
            try
            {
                Check(after.Texts[block].ToPlainText());
            }
            catch (ContentRefusedException refused)
            {
                throw new ContentRefusedException(refused.Problem with { Pointer = $"/ops/{op}" });
            }
        }

        foreach (var block in replaced)
        {
            SecretScanner.Check(after.Texts[block].ToPlainText());
        }
    }

    private static void Check(string text)
    {
        SecretScanner.Check(text);
        Limits.CheckText(text, Limits.BlockText, "block");
    }

    private static ContentRefusedException Refuse(string message) => new(BlockCodes.ValidationFailed, message);

    private static void Require(bool holds, string violation)
    {
        if (!holds)
        {
            throw new InvalidOperationException($"An edit was stopped: {violation}.");
        }
    }
}
