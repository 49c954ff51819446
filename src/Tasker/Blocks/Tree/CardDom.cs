using AgentGateway.Tasker.Blocks.Guard;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>A description as a tree in the editor's normal form: text stands in paragraphs, not loose in a container.</summary>
internal sealed class CardDom
{
    private static readonly HashSet<string> InlineTags = new(StringComparer.Ordinal)
    {
        "a", "abbr", "b", "br", "code", "del", "em", "font", "i", "ins", "kbd", "mark", "mention-component", "s", "small", "span",
        "strike", "strong", "sub", "sup", "u",
    };

    private CardDom(IHtmlDocument document, bool tooDeep)
    {
        Document = document;
        Body = document.Body!;
        TooDeep = tooDeep;
    }

    public IHtmlDocument Document { get; }

    public IHtmlElement Body { get; }

    /// <summary>True if the tree is deeper than any editor writes; such a tree is shown as one opaque block.</summary>
    public bool TooDeep { get; }

    public static CardDom Parse(string html)
    {
        var document = new HtmlParser().ParseDocument("");
        var body = document.Body!;
        if (NestingScan.IsTooDeep(html))
        {
            return new CardDom(document, true);
        }

        body.InnerHtml = html;
        if (IsDeeper(body, Limits.Depth))
        {
            return new CardDom(document, true);
        }

        Unwrap(body);
        WrapLooseText(body);
        foreach (var container in body.QuerySelectorAll("li, blockquote, td, th, div[data-block-type=callout-component]"))
        {
            WrapLooseText(container is { LocalName: "li" } ? ItemContent(container) : container);
        }

        return new CardDom(document, false);
    }

    public string ToHtml() => Body.InnerHtml;

    /// <summary>Where an item keeps its blocks: the editor puts those of a check item into a div beside the box.</summary>
    public static IElement ItemContent(IElement item) =>
        item.GetAttribute("data-type") == "taskItem"
            ? item.Children.FirstOrDefault(child => child.LocalName == "div") ?? item
            : item;

    public IElement Paragraph()
    {
        var paragraph = Document.CreateElement("p");
        paragraph.ClassName = "editor-paragraph-block";
        return paragraph;
    }

    private static bool IsDeeper(INode root, int limit)
    {
        var open = new Stack<(INode Node, int Depth)>();
        open.Push((root, 0));
        while (open.TryPop(out var next))
        {
            if (next.Depth > limit)
            {
                return true;
            }

            foreach (var child in next.Node.ChildNodes)
            {
                open.Push((child, next.Depth + 1));
            }
        }

        return false;
    }

    // lxml, which some writers use, wraps what it serialises into a div of its own.
    private static void Unwrap(IElement body)
    {
        if (body.ChildElementCount != 1 || body.FirstElementChild is not { LocalName: "div", Attributes.Length: 0 } wrapper
            || body.ChildNodes.Any(node => node is IText text && !string.IsNullOrWhiteSpace(text.Data)))
        {
            return;
        }

        body.ReplaceChildren(wrapper.ChildNodes.ToArray());
    }

    private static void WrapLooseText(IElement container)
    {
        if (!container.ChildNodes.Any(IsLoose))
        {
            return;
        }

        IElement? paragraph = null;
        foreach (var node in container.ChildNodes.ToArray())
        {
            if (IsLoose(node) || (paragraph is not null && node is IText))
            {
                paragraph ??= Open(container, node);
                paragraph.AppendChild(node);
            }
            else if (node is not IComment)
            {
                paragraph = null;
            }
        }
    }

    private static IElement Open(IElement container, INode before)
    {
        var paragraph = container.Owner!.CreateElement("p");
        paragraph.ClassName = "editor-paragraph-block";
        container.InsertBefore(paragraph, before);
        return paragraph;
    }

    private static bool IsLoose(INode node) => node switch
    {
        IText text => !string.IsNullOrWhiteSpace(text.Data),
        IElement element => InlineTags.Contains(element.LocalName),
        _ => false,
    };
}
