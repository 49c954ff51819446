using AgentGateway.Tasker.Blocks.Guard;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Runs;

/// <summary>The runs of an element and what Markdown would lose of it.</summary>
internal sealed record InlineText(List<InlineRun> Runs, bool Rich, int Mentions);

/// <summary>Reads stored inline HTML as runs.</summary>
internal sealed class InlineReader(Func<string, CardMember?>? memberById)
{
    private readonly List<InlineRun> _runs = [];
    private bool _rich;
    private int _mentions;

    public static InlineText Read(IEnumerable<INode> nodes, Func<string, CardMember?>? memberById)
    {
        var reader = new InlineReader(memberById);
        foreach (var node in nodes)
        {
            reader.Visit(node, RunMarks.None, null);
        }

        return new InlineText(RunList.Merge(reader._runs), reader._rich, reader._mentions);
    }

    public static string MentionKey(IElement mention) => Strip(
        mention.GetAttribute("entity_identifier") ?? mention.GetAttribute("data-mention-id") ?? mention.GetAttribute("id") ?? "");

    public static (string Name, string Handle) MentionToken(IElement mention, Func<string, CardMember?>? memberById)
    {
        var key = MentionKey(mention);
        var member = memberById?.Invoke(key);
        var written = mention.GetAttribute("label") ?? mention.TextContent;
        var name = member?.Name ?? (string.IsNullOrWhiteSpace(written) ? "member" : written);
        return (Strip(name).Trim().TrimStart('@').Replace('\n', ' '), (member?.Handle ?? key).Trim());
    }

    private static string Strip(string text) => TextRules.Strip(text);

    private void Visit(INode node, RunMarks marks, string? href)
    {
        switch (node)
        {
            case IText text:
                Add(FlattenSpace(Strip(text.Data)), marks, href);
                break;
            case IElement element:
                VisitElement(element, marks, href);
                break;
        }
    }

    private void VisitElement(IElement element, RunMarks marks, string? href)
    {
        switch (element.LocalName)
        {
            case "strong" or "b":
                VisitChildren(element, marks | RunMarks.Strong, href);
                break;
            case "em" or "i":
                VisitChildren(element, marks | RunMarks.Emphasis, href);
                break;
            case "s" or "del" or "strike":
                VisitChildren(element, marks | RunMarks.Strike, href);
                break;
            case "code":
                VisitChildren(element, marks | RunMarks.Code, href);
                break;
            case "br":
                Add(marks.HasFlag(RunMarks.Code) ? " " : "\n", marks, href);
                break;
            case "a":
                VisitLink(element, marks, href);
                break;
            case "mention-component":
                var (name, handle) = MentionToken(element, memberById);
                _runs.Add(new InlineRun(name, Mention: handle));
                _mentions++;
                _rich |= marks != RunMarks.None || href is not null;
                break;
            case "img":
                _rich = true;
                Add(Strip(element.GetAttribute("alt") ?? ""), marks, href);
                break;
            case "span" when element.Attributes.Length == 0:
                VisitChildren(element, marks, href);
                break;
            default:
                _rich = true;
                VisitChildren(element, marks, href);
                break;
        }

        _rich |= element.HasAttribute("style");
    }

    private void VisitLink(IElement link, RunMarks marks, string? outer)
    {
        var href = link.GetAttribute("href") ?? "";
        var usable = outer is null && Links.IsAllowed(href);
        _rich |= !usable || link.HasAttribute("title");
        VisitChildren(link, marks, usable ? href : outer);
    }

    private void VisitChildren(IElement element, RunMarks marks, string? href)
    {
        foreach (var child in element.ChildNodes)
        {
            Visit(child, marks, href);
        }
    }

    private void Add(string text, RunMarks marks, string? href)
    {
        if (text.Length > 0)
        {
            _runs.Add(new InlineRun(text, marks, href));
        }
    }

    // The editor shows a line end in the source as a space; only a br is a line break.
    private static string FlattenSpace(string text) => text.Replace('\n', ' ');
}
