using System.Net;

namespace AgentGateway.Tasker.Blocks;

/// <summary>Card text between Markdown and the tracker's HTML; markup in the input always stays text.</summary>
public static class CardText
{
    public static string ToHtml(string markdown)
    {
        var paragraphs = markdown.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => $"<p data-id=\"{Guid.CreateVersion7()}\">{WebUtility.HtmlEncode(text)}</p>");
        return string.Concat(paragraphs) is { Length: > 0 } html ? html : "<p></p>";
    }

    public static string ToMarkdown(string html) => string.Join("\n\n", Paragraphs(html));

    public static string ToPlainText(string html) => string.Join("\n", Paragraphs(html));

    public static (int Checked, int Total) Progress(string html) =>
        (html.Split("data-checked=\"true\"").Length - 1, html.Split("data-checked=\"").Length - 1);

    private static IEnumerable<string> Paragraphs(string html) => html
        .Split("</p>", StringSplitOptions.RemoveEmptyEntries)
        .Select(text => WebUtility.HtmlDecode(text[(text.IndexOf('>') + 1)..]));
}
