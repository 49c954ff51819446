using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace AgentGateway.Tasker.Blocks.Write;

/// <summary>Rendered HTML that passed the allow-list, ready to be put into a card.</summary>
internal static class Fragment
{
    public static List<INode> Build(string html, MentionWeaver weaver)
    {
        var document = new HtmlParser().ParseDocument("");
        var body = document.Body!;
        body.InnerHtml = html;
        AllowList.CleanNew(document, body);
        weaver.Weave(body);
        foreach (var element in body.QuerySelectorAll("p, h1, h2, h3, h4, h5, h6"))
        {
            element.ClassName = element.LocalName == "p" ? "editor-paragraph-block" : "editor-heading-block";
        }

        return [.. body.ChildNodes];
    }
}

/// <summary>Settles each mention token: the mention it was read from, a new mention if allowed, else plain text.</summary>
internal sealed class MentionWeaver(EditContext context, ISet<string> notes)
{
    private readonly Dictionary<string, Queue<IElement>> _originals = new(StringComparer.OrdinalIgnoreCase);
    private int _created;

    public void Weave(IElement root)
    {
        foreach (var token in root.QuerySelectorAll("a[href]"))
        {
            var href = token.GetAttribute("href") ?? "";
            if (!href.StartsWith(InlineHtml.MentionScheme, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var handle = href[InlineHtml.MentionScheme.Length..];
            INode settled = Original(handle) ?? Create(token, handle) ?? (INode)root.Owner!.CreateTextNode(token.TextContent);
            token.Replace(settled);
        }
    }

    /// <summary>New content has no mention to be kept.</summary>
    public void Forget() => _originals.Clear();

    /// <summary>Remembers the mentions of a block that is about to be rewritten.</summary>
    public void Remember(IElement block)
    {
        _originals.Clear();
        foreach (var mention in block.QuerySelectorAll("mention-component"))
        {
            var (_, handle) = InlineReader.MentionToken(mention, context.MemberById);
            if (!_originals.TryGetValue(handle, out var same))
            {
                _originals[handle] = same = new Queue<IElement>();
            }

            same.Enqueue(mention);
        }
    }

    private IElement? Original(string handle)
    {
        if (!_originals.TryGetValue(handle, out var same))
        {
            return null;
        }

        return (IElement)(same.Count > 1 ? same.Dequeue() : same.Peek()).Clone(true);
    }

    private IElement? Create(IElement token, string handle)
    {
        var member = context.MentionsAllowed && _created < Limits.Mentions ? context.MemberByHandle(handle) : null;
        if (member is null)
        {
            notes.Add("mention:" + handle);
            return null;
        }

        _created++;
        var mention = token.Owner!.CreateElement("mention-component");
        mention.SetAttribute("id", member.Id);
        mention.SetAttribute("entity_identifier", member.Id);
        mention.SetAttribute("entity_name", "user_mention");
        return mention;
    }
}
