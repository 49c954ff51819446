using AngleSharp.Html.Dom;
using Ganss.Xss;

namespace AgentGateway.Tasker.Blocks.Guard;

/// <summary>Keeps only the tags, attributes and link schemes the editor knows.</summary>
internal static class AllowList
{
    private const string LanguagePrefix = "language-";

    private static readonly string[] TextTags =
    [
        "h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "strong", "em", "s", "code", "a", "ul", "ol", "li", "blockquote", "pre",
        "table", "tbody", "tr", "th", "td", "div",
    ];

    private static readonly string[] DisplayTags =
    [
        "b", "i", "u", "del", "strike", "sub", "sup", "mark", "span", "hr", "thead", "tfoot", "colgroup", "col", "label", "input",
        "mention-component", "image-component", "issue-embed-component",
    ];

    private static readonly HtmlSanitizer New = Create(
        TextTags,
        ["href", "target", "rel", "data-type", "data-checked", "start", "class"],
        ["http", "https", "mailto", "user"]);

    private static readonly HtmlSanitizer Display = Create(
        [.. TextTags, .. DisplayTags],
        [
            "href", "target", "rel", "data-type", "data-checked", "data-id", "data-block-type", "data-name", "start", "class",
            "colspan", "rowspan", "entity_identifier", "entity_name", "label", "type", "checked", "disabled",
        ],
        ["http", "https", "mailto"]);

    /// <summary>Cleans what the renderer wrote, in place; mention tokens stay, for the weaver to settle.</summary>
    public static void CleanNew(IHtmlDocument document, IHtmlElement context) => New.SanitizeDom(document, context);

    /// <summary>Cleans stored HTML for a page that shows it: no scripts, styles, ids, remote images or unknown tags.</summary>
    public static string CleanForDisplay(string html) => Display.Sanitize(html);

    private static HtmlSanitizer Create(IEnumerable<string> tags, IEnumerable<string> attributes, IEnumerable<string> schemes)
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(tags, StringComparer.OrdinalIgnoreCase),
            AllowedAttributes = new HashSet<string>(attributes, StringComparer.OrdinalIgnoreCase),
            AllowedSchemes = new HashSet<string>(schemes, StringComparer.OrdinalIgnoreCase),
            UriAttributes = new HashSet<string>(["href", "src"], StringComparer.OrdinalIgnoreCase),
            AllowedClasses = new HashSet<string>(["editor-heading-block", "editor-paragraph-block"], StringComparer.Ordinal),
        });
        sanitizer.RemovingCssClass += (_, args) =>
            args.Cancel = args.CssClass.StartsWith(LanguagePrefix, StringComparison.Ordinal);
        return sanitizer;
    }
}
