using System.Globalization;
using System.Text;
using AgentGateway.Tasker.Blocks.Guard;
using AgentGateway.Tasker.Blocks.Runs;
using Markdig.Extensions.Tables;

namespace AgentGateway.Tasker.Blocks.Write;

/// <summary>Writes structured blocks as the editor's HTML; indents of items become nested lists.</summary>
internal sealed class NewBlockHtml(ISet<string> notes)
{
    private const int MaxBlocks = 200;
    private const int DefaultLevel = 2;

    private readonly StringBuilder _html = new();
    private readonly List<string> _lists = [];

    public static string Write(IReadOnlyList<NewBlock> blocks, ISet<string> notes)
    {
        if (blocks.Count > MaxBlocks)
        {
            throw Refuse($"An operation carries at most {MaxBlocks} blocks.", "/blocks");
        }

        var writer = new NewBlockHtml(notes);
        for (var i = 0; i < blocks.Count; i++)
        {
            writer.Write(blocks[i], $"/blocks/{i}");
        }

        writer.CloseLists(0);
        return writer._html.ToString();
    }

    private void Write(NewBlock block, string pointer)
    {
        var text = ContentSource.Accept(block.Text ?? "", pointer + "/text", notes);
        CheckSize(text, pointer);
        if (block.Type is BlockTypes.CheckItem or BlockTypes.BulletItem or BlockTypes.NumberedItem)
        {
            WriteItem(block, text, pointer);
            return;
        }

        CloseLists(0);
        switch (block.Type)
        {
            case BlockTypes.Heading:
                var level = block.Level ?? DefaultLevel;
                if (level is < 1 or > 6)
                {
                    throw Refuse("The level of a heading is 1 to 6.", pointer + "/level");
                }

                _html.Append(CultureInfo.InvariantCulture, $"<h{level}>");
                InlineHtml.Write(OneParagraph(text, pointer), _html);
                _html.Append(CultureInfo.InvariantCulture, $"</h{level}>");
                break;
            case BlockTypes.Paragraph:
                MarkdownHtml.Paragraph(_html, OneParagraph(text, pointer));
                break;
            case BlockTypes.Quote:
                _html.Append("<blockquote>");
                Paragraphs(text, pointer).ForEach(runs => MarkdownHtml.Paragraph(_html, runs));
                _html.Append("</blockquote>");
                break;
            case BlockTypes.Code:
                Require(text, pointer);
                MarkdownHtml.Code(_html, text, block.Lang);
                break;
            case BlockTypes.Table:
                _html.Append(MarkdownParser.Parse(text) is [Table]
                    ? MarkdownHtml.Write(text, notes)
                    : throw Refuse("The text of a table must be one pipe table.", pointer + "/text"));
                break;
            case BlockTypes.Divider:
                _html.Append("<div data-type=\"horizontalRule\"></div>");
                break;
            default:
                throw Refuse("Blocks of this type cannot be added.", pointer + "/type");
        }
    }

    private void WriteItem(NewBlock item, string text, string pointer)
    {
        var indent = item.Indent ?? 0;
        if (indent is < 0 or > Limits.Indent)
        {
            throw Refuse($"The indent of an item is 0 to {Limits.Indent}.", pointer + "/indent");
        }

        // A deeper step than one has no item to hang on.
        indent = Math.Min(indent, _lists.Count);
        var runs = OneParagraph(text, pointer);
        CloseLists(indent + 1);
        var kind = item.Type switch
        {
            BlockTypes.CheckItem => "ul data-type=\"taskList\"",
            BlockTypes.NumberedItem => "ol",
            _ => "ul",
        };
        if (_lists.Count == indent + 1)
        {
            _html.Append("</li>");
            if (_lists[indent] != kind)
            {
                _html.Append(CultureInfo.InvariantCulture, $"</{_lists[indent][..2]}><{kind}>");
                _lists[indent] = kind;
            }
        }
        else
        {
            _html.Append('<').Append(kind).Append('>');
            _lists.Add(kind);
        }

        _html.Append(item.Type != BlockTypes.CheckItem
            ? "<li>"
            : $"<li data-type=\"taskItem\" data-checked=\"{(item.Checked == true ? "true" : "false")}\">");
        MarkdownHtml.Paragraph(_html, runs);
    }

    private void CloseLists(int keep)
    {
        while (_lists.Count > keep)
        {
            _html.Append("</li></").Append(_lists[^1].AsSpan(0, 2)).Append('>');
            _lists.RemoveAt(_lists.Count - 1);
        }
    }

    private List<List<InlineRun>> Paragraphs(string text, string pointer)
    {
        var paragraphs = MarkdownParser.ParseText(text, notes).FindAll(runs => RunList.Trimmed(runs).Count > 0);
        Require(string.Concat(paragraphs.Select(RunList.PlainText)), pointer);
        return paragraphs;
    }

    private List<InlineRun> OneParagraph(string text, string pointer) => RunList.Join(Paragraphs(text, pointer));

    private static void Require(string text, string pointer)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw Refuse("The block needs a text.", pointer + "/text");
        }
    }

    private static void CheckSize(string text, string pointer)
    {
        var size = Limits.CodePoints(text);
        if (size > Limits.BlockText)
        {
            throw Refuse($"The block has {size} characters; at most {Limits.BlockText} are accepted.", pointer + "/text");
        }
    }

    private static ContentRefusedException Refuse(string message, string pointer) =>
        new(new BlockProblem { Code = BlockCodes.ValidationFailed, Message = message, Pointer = pointer });
}
