using System.Text;

namespace AgentGateway.Tasker.Blocks.Guard;

/// <summary>The sizes a card accepts, counted in code points, because the database and the editor count them.</summary>
internal static class Limits
{
    public const int BlockText = 8_000;
    public const int MarkdownPerCall = 20_000;
    public const int MarkdownPerCard = 262_144;
    public const int HtmlBytes = 256 * 1024;
    public const int Blocks = 500;
    public const int Ops = 50;
    public const int Mentions = 5;
    public const int Indent = 8;

    // Deeper trees cannot come from the editor and would let a stored page exhaust the stack of a reader.
    public const int Depth = 128;

    public static int CodePoints(string text)
    {
        var count = text.Length;
        foreach (var unit in text)
        {
            if (char.IsLowSurrogate(unit))
            {
                count--;
            }
        }

        return count;
    }

    public static void CheckText(string text, int limit, string what)
    {
        var length = CodePoints(text);
        if (length > limit)
        {
            throw new ContentRefusedException(BlockCodes.ValidationFailed,
                $"The {what} has {length} characters; at most {limit} are accepted.");
        }
    }

    public static void CheckHtml(string html, int before)
    {
        var bytes = Encoding.UTF8.GetByteCount(html);
        if (bytes > HtmlBytes && bytes > before)
        {
            throw new ContentRefusedException(BlockCodes.PayloadTooLarge,
                $"The description would have {bytes} bytes; at most {HtmlBytes} are stored.");
        }
    }
}
