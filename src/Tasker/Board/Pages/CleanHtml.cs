using Ganss.Xss;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>Card text after an allow-list: no scripts, styles, frames, forms, remote images or foreign schemes.</summary>
internal sealed class CleanHtml
{
    private static readonly string[] Tags =
    [
        "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "code", "strong", "b", "em",
        "i", "s", "del", "u", "br", "a", "table", "thead", "tbody", "tr", "th", "td", "div", "span", "hr", "label", "sub", "sup",
    ];

    private static readonly HtmlSanitizer Sanitizer = Create();

    private CleanHtml(string html) => Html = html;

    public string Html { get; }

    public static CleanHtml From(string html) => new(Sanitizer.Sanitize(html));

    private static HtmlSanitizer Create()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(Tags, StringComparer.OrdinalIgnoreCase),
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "href", "title", "start", "colspan", "rowspan", "data-type", "data-checked",
            },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "http", "https", "mailto" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href" },
            AllowedCssProperties = new HashSet<string>(),
            AllowedAtRules = new HashSet<AngleSharp.Css.Dom.CssRuleType>(),
        })
        {
            KeepChildNodes = true,
        };
        sanitizer.RemovingTag += (_, removed) =>
        {
            // The text of a script or a style is no text of the card.
            if (removed.Tag.LocalName is "script" or "style" or "template" or "noscript" or "iframe" or "svg" or "math")
            {
                removed.Tag.TextContent = "";
            }
        };
        sanitizer.PostProcessNode += (_, node) =>
        {
            if (node.Node is AngleSharp.Dom.IElement { LocalName: "a" } link)
            {
                link.SetAttribute("rel", "noopener noreferrer nofollow");
            }
            else if (node.Node is AngleSharp.Dom.IElement { LocalName: "pre" } code)
            {
                // Long lines scroll, by keyboard too.
                code.SetAttribute("tabindex", "0");
            }
        };
        return sanitizer;
    }
}
