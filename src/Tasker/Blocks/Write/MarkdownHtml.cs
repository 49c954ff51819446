using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Syntax;
using MarkdownBlock = Markdig.Syntax.Block;

namespace AgentGateway.Tasker.Blocks.Write;

/// <summary>Turns Markdown into the editor's HTML by walking the tree; it has no way to write a mention or an image.</summary>
internal sealed partial class MarkdownHtml(ISet<string> notes)
{
    private readonly StringBuilder _html = new();

    public static string Write(string markdown, ISet<string> notes)
    {
        var writer = new MarkdownHtml(notes);
        writer.WriteAll(MarkdownParser.Parse(markdown), 0);
        return writer._html.ToString();
    }

    public static void Paragraph(StringBuilder html, IReadOnlyList<InlineRun> runs)
    {
        html.Append("<p>");
        InlineHtml.Write(runs, html);
        html.Append("</p>");
    }

    public static void Code(StringBuilder html, string code, string? lang)
    {
        html.Append("<pre><code");
        if (lang is not null && Language().IsMatch(lang))
        {
            html.Append(" class=\"language-").Append(lang).Append('"');
        }

        html.Append('>').Append(InlineHtml.Encode(TextRules.Strip(code))).Append("</code></pre>");
    }

    private void WriteAll(ContainerBlock blocks, int depth)
    {
        foreach (var block in blocks)
        {
            Write(block, depth);
        }
    }

    private void Write(MarkdownBlock block, int depth)
    {
        switch (block)
        {
            case HeadingBlock heading:
                _html.Append(CultureInfo.InvariantCulture, $"<h{heading.Level}>");
                InlineHtml.Write(InlineSource.Read(heading.Inline, notes), _html);
                _html.Append(CultureInfo.InvariantCulture, $"</h{heading.Level}>");
                break;
            case ParagraphBlock paragraph:
                var runs = RunList.Trimmed(InlineSource.Read(paragraph.Inline, notes));
                if (runs.Count > 0)
                {
                    Paragraph(_html, InlineSource.Read(paragraph.Inline, notes));
                }

                break;
            case ListBlock list:
                WriteList(list, depth);
                break;
            case QuoteBlock quote:
                _html.Append("<blockquote>");
                WriteAll(quote, depth);
                _html.Append("</blockquote>");
                break;
            case CodeBlock code:
                var info = (code as FencedCodeBlock)?.Info?.Split(' ', 2)[0];
                Code(_html, code.Lines.ToString(), info);
                break;
            case ThematicBreakBlock:
                _html.Append("<div data-type=\"horizontalRule\"></div>");
                break;
            case Table table:
                WriteTable(table);
                break;
            case LinkReferenceDefinitionGroup:
                break;
            case ContainerBlock container:
                WriteAll(container, depth);
                break;
        }
    }

    private void WriteList(ListBlock list, int depth)
    {
        if (depth > Limits.Indent)
        {
            throw new ContentRefusedException(BlockCodes.ValidationFailed,
                $"Lists may be nested {Limits.Indent} levels deep.");
        }

        var number = int.TryParse(list.OrderedStart, CultureInfo.InvariantCulture, out var start) ? start : 1;
        string? open = null;
        foreach (var item in list.OfType<ListItemBlock>())
        {
            var check = (item.FirstOrDefault() as ParagraphBlock)?.Inline?.FirstChild as TaskList;
            var kind = check is not null ? "ul data-type=\"taskList\"" : list.IsOrdered ? "ol" : "ul";
            if (kind != open)
            {
                _html.Append(open is null ? "" : $"</{open[..2]}>").Append('<').Append(kind);
                _html.Append(kind == "ol" && number != 1 ? $" start=\"{number}\"" : "").Append('>');
                open = kind;
            }

            _html.Append(check is null
                ? "<li>"
                : $"<li data-type=\"taskItem\" data-checked=\"{(check.Checked ? "true" : "false")}\">");
            WriteItem(item, depth);
            _html.Append("</li>");
            number++;
        }

        _html.Append(open is null ? "" : $"</{open[..2]}>");
    }

    private void WriteItem(ListItemBlock item, int depth)
    {
        // The editor needs a paragraph first in each item.
        if (item.FirstOrDefault() is not ParagraphBlock first)
        {
            _html.Append("<p></p>");
        }
        else
        {
            var runs = InlineSource.Read(first.Inline, notes);
            if (runs.Count > 0 && first.Inline?.FirstChild is TaskList)
            {
                // The task marker leaves the blank after it in the text.
                runs[0] = runs[0] with { Text = runs[0].Text.TrimStart(' ') };
            }

            Paragraph(_html, runs);
        }

        foreach (var block in item.Skip(item.FirstOrDefault() is ParagraphBlock ? 1 : 0))
        {
            Write(block, depth + 1);
        }
    }

    private void WriteTable(Table table)
    {
        _html.Append("<table><tbody>");
        foreach (var row in table.OfType<TableRow>())
        {
            _html.Append("<tr>");
            foreach (var cell in row.OfType<TableCell>())
            {
                var tag = row.IsHeader ? "th" : "td";
                var text = (cell.FirstOrDefault() as LeafBlock)?.Inline;
                _html.Append('<').Append(tag).Append('>');
                Paragraph(_html, InlineSource.Read(text, notes));
                _html.Append("</").Append(tag).Append('>');
            }

            _html.Append("</tr>");
        }

        _html.Append("</tbody></table>");
    }

    [GeneratedRegex("^[A-Za-z0-9+#._-]{1,40}$", RegexOptions.CultureInvariant)]
    private static partial Regex Language();
}
