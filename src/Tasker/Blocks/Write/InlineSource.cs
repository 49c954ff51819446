using System.Text.RegularExpressions;
using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax.Inlines;

namespace AgentGateway.Tasker.Blocks.Write;

/// <summary>Reads the inlines of parsed Markdown as runs; whatever a card may not hold becomes text and is noted.</summary>
internal sealed partial class InlineSource(ISet<string> notes)
{
    private readonly List<InlineRun> _runs = [];
    private int _depth;

    public static List<InlineRun> Read(ContainerInline? inlines, ISet<string> notes)
    {
        var source = new InlineSource(notes);
        if (inlines is not null)
        {
            source.VisitChildren(inlines, RunMarks.None, null);
        }

        var runs = RunList.Merge(source._runs);
        foreach (var run in runs.Where(run => !run.Marks.HasFlag(RunMarks.Code)))
        {
            foreach (Match tag in Tag().Matches(run.Text))
            {
                notes.Add("html_tag:" + tag.Groups[1].Value.ToLowerInvariant());
            }
        }

        return runs;
    }

    private void VisitChildren(ContainerInline container, RunMarks marks, string? href)
    {
        // The parser limits nested blocks and brackets but not emphasis, and each level here is a stack frame.
        if (++_depth > Limits.Depth)
        {
            throw new ContentRefusedException(BlockCodes.ValidationFailed, "The Markdown is nested too deeply.");
        }

        foreach (var inline in container)
        {
            Visit(inline, marks, href);
        }

        _depth--;
    }

    private void Visit(Inline inline, RunMarks marks, string? href)
    {
        switch (inline)
        {
            case LiteralInline literal:
                Add(literal.Content.ToString(), marks, href);
                break;
            case HtmlEntityInline entity:
                Add(entity.Transcoded.ToString(), marks, href);
                break;
            case CodeInline code:
                Add(code.Content.Replace('\n', ' '), marks | RunMarks.Code, href);
                break;
            case LineBreakInline:
                Add("\n", marks, href);
                break;
            case LinkInline link:
                VisitLink(link, marks, href);
                break;
            case AutolinkInline link:
                VisitAutolink(link, marks);
                break;
            case EmphasisInline emphasis:
                VisitChildren(emphasis, marks | MarkOf(emphasis), href);
                break;
            case TaskList:
                break;
            case HtmlInline html:
                Add(html.Tag, marks, href);
                break;
            case DelimiterInline delimiter:
                Add(delimiter.ToLiteral(), marks, href);
                VisitChildren(delimiter, marks, href);
                break;
            case ContainerInline container:
                VisitChildren(container, marks, href);
                break;
        }
    }

    private static RunMarks MarkOf(EmphasisInline emphasis) => (emphasis.DelimiterChar, emphasis.DelimiterCount) switch
    {
        ('~', _) => RunMarks.Strike,
        (_, 2) => RunMarks.Strong,
        _ => RunMarks.Emphasis,
    };

    private void VisitLink(LinkInline link, RunMarks marks, string? outer)
    {
        var url = TextRules.Strip(link.GetDynamicUrl?.Invoke() ?? link.Url ?? "");
        if (!link.IsImage && IsMention(url))
        {
            AddMention(link, url, marks);
            return;
        }

        if (!link.IsImage && outer is null && Links.IsAllowed(url))
        {
            VisitChildren(link, marks, url);
            return;
        }

        // An image would be fetched by every reader's browser and can carry data to its host in the address.
        notes.Add(link.IsImage ? "image" : "link:" + Links.Scheme(url).ToLowerInvariant());
        Add(link.IsImage ? "![" : "[", marks, outer);
        VisitChildren(link, marks, outer);
        Add($"]({url})", marks, outer);
    }

    private bool IsMention(string url) => url.StartsWith(InlineHtml.MentionScheme, StringComparison.Ordinal)
        && url.Length is > 5 and <= 133 && _runs.Count > 0 && _runs[^1].Mention is null
        && _runs[^1].Text.EndsWith('@') && !_runs[^1].Marks.HasFlag(RunMarks.Code);

    private void AddMention(LinkInline link, string url, RunMarks marks)
    {
        var name = RunList.PlainText(Read(link, notes)).Replace('\n', ' ').Trim();
        _runs[^1] = _runs[^1] with { Text = _runs[^1].Text[..^1] };
        _runs.Add(new InlineRun(name.Length == 0 ? url[InlineHtml.MentionScheme.Length..] : name, marks,
            Mention: url[InlineHtml.MentionScheme.Length..]));
    }

    private void VisitAutolink(AutolinkInline link, RunMarks marks)
    {
        var url = link.IsEmail ? "mailto:" + link.Url : link.Url;
        if (Links.IsAllowed(url))
        {
            Add(link.Url, marks, url);
            return;
        }

        notes.Add("link:" + Links.Scheme(url).ToLowerInvariant());
        Add($"<{link.Url}>", marks, null);
    }

    // Entities can spell what the raw text may not contain, so the rules hold for the decoded text as well.
    private void Add(string text, RunMarks marks, string? href)
    {
        var clean = TextRules.Strip(text);
        if (clean.Length > 0)
        {
            _runs.Add(new InlineRun(clean, marks, href));
        }
    }

    [GeneratedRegex("</?([a-zA-Z][a-zA-Z0-9-]{0,30})(?:[\\s/][^<>]{0,500})?>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
