using AgentGateway.Tasker.Blocks.Guard;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Write;

/// <summary>Turns the content of an operation, Markdown or blocks, into elements that passed the allow-list.</summary>
internal sealed class ContentSource(MentionWeaver weaver, ISet<string> notes)
{
    public List<IElement> Read(BlockOp op)
    {
        if (op.Markdown is null == op.Blocks is null)
        {
            throw Refuse("The operation needs either markdown or blocks.", null);
        }

        var html = op.Markdown is { } markdown
            ? MarkdownHtml.Write(Accept(markdown, "/markdown", notes), notes)
            : NewBlockHtml.Write(op.Blocks!, notes);
        weaver.Forget();
        var nodes = Fragment.Build(html, weaver).OfType<IElement>().ToList();
        return nodes.Count > 0
            ? nodes
            : throw Refuse("The content is empty.", op.Markdown is null ? "/blocks" : "/markdown");
    }

    /// <summary>Text as it may be stored, or a refusal that points at it.</summary>
    public static string Accept(string text, string pointer, ISet<string> notes)
    {
        try
        {
            var accepted = TextRules.Accept(text);
            if (accepted.Length != text.Replace("\r\n", "\n", StringComparison.Ordinal).Length)
            {
                notes.Add("invisible_characters");
            }

            SecretScanner.Check(accepted);
            return accepted;
        }
        catch (ContentRefusedException refused)
        {
            throw new ContentRefusedException(refused.Problem with { Pointer = pointer });
        }
    }

    private static ContentRefusedException Refuse(string message, string? pointer) =>
        new(new BlockProblem { Code = BlockCodes.ValidationFailed, Message = message, Pointer = pointer });
}
