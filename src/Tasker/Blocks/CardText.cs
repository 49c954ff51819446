using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Tree;
using AgentGateway.Tasker.Blocks.Write;

namespace AgentGateway.Tasker.Blocks;

/// <summary>Converts between Markdown and the stored form of a description.</summary>
public static class CardText
{
    /// <summary>Markdown as sanitised HTML with an id on every block node; refused text throws.</summary>
    /// <exception cref="ContentRefusedException">A secret, NUL, half a surrogate pair, or too much text.</exception>
    public static string ToHtml(string markdown)
    {
        var accepted = TextRules.Accept(markdown);
        Limits.CheckText(accepted, Limits.MarkdownPerCard, "Markdown");
        SecretScanner.Check(accepted);
        var notes = new HashSet<string>(StringComparer.Ordinal);
        var dom = CardDom.Parse("");
        dom.Body.Append([.. Fragment.Build(MarkdownHtml.Write(accepted, notes), new MentionWeaver(new EditContext(), notes))]);
        SecretScanner.Check(dom.Body.TextContent);
        BlockIds.Materialise(dom.Body);
        var html = dom.ToHtml();
        Limits.CheckHtml(html, 0);
        return html;
    }

    /// <summary>Stored HTML as Markdown for reading.</summary>
    public static string ToMarkdown(string html) => BlockDocument.Parse(html).Markdown;

    /// <summary>The words of stored HTML, one block per line.</summary>
    public static string ToPlainText(string html) => BlockDocument.Parse(html).PlainText;

    /// <summary>How many check items there are and how many are checked.</summary>
    public static (int Checked, int Total) Progress(string html) =>
        html.Contains("task", StringComparison.OrdinalIgnoreCase) ? BlockDocument.Parse(html).Progress : (0, 0);

    /// <summary>Stored HTML for a page that shows it: scripts, styles, remote images and unknown tags are taken out.</summary>
    public static string ToDisplayHtml(string html) => AllowList.CleanForDisplay(html);
}
