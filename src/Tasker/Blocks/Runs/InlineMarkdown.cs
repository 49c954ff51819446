using System.Buffers;
using System.Text;

namespace AgentGateway.Tasker.Blocks.Runs;

/// <summary>Writes runs as inline Markdown.</summary>
internal static class InlineMarkdown
{
    private static readonly SearchValues<char> NeedsBrackets = SearchValues.Create(" ()<>\\\n\t|;");

    private static readonly (RunMarks Mark, string Delimiter)[] Delimiters =
        [(RunMarks.Strong, "**"), (RunMarks.Emphasis, "*"), (RunMarks.Strike, "~~")];

    public static string Write(IReadOnlyList<InlineRun> runs, EscapeMode mode)
    {
        var canonical = mode == EscapeMode.Full ? RunList.Canonical(runs) : RunList.Trimmed(runs);
        var text = new StringBuilder();
        var open = new List<(RunMarks Mark, string Delimiter)>();
        string? link = null;
        for (var i = 0; i < canonical.Count; i++)
        {
            var run = canonical[i];
            if (run.Href != link)
            {
                Close(text, open, RunMarks.None);
                text.Append(link is null ? "" : $"]({Target(link)})");
                text.Append(run.Href is null ? "" : "[");
                link = run.Href;
            }

            Close(text, open, run.Marks);
            Open(text, open, canonical, i);
            text.Append(Content(text, canonical, i, mode));
        }

        Close(text, open, RunMarks.None);
        return text.Append(link is null ? "" : $"]({Target(link)})").ToString();
    }

    private static string Content(StringBuilder before, List<InlineRun> runs, int index, EscapeMode mode)
    {
        var run = runs[index];
        if (run.Mention is not null)
        {
            return $"@[{Escape.Targeted(run.Text, true, false)}](user:{run.Mention})";
        }

        if (run.Marks.HasFlag(RunMarks.Code))
        {
            return CodeSpan(run.Text);
        }

        if (mode == EscapeMode.Full)
        {
            return Escape.Full(run.Text, index == 0, index == runs.Count - 1);
        }

        var lineStart = before.Length == 0 || before[^1] == '\n';
        return Escape.Targeted(run.Text, run.Href is not null, lineStart, mode == EscapeMode.TargetedLines);
    }

    public static string CodeSpan(string code)
    {
        var longest = 0;
        var current = 0;
        foreach (var unit in code)
        {
            current = unit == '`' ? current + 1 : 0;
            longest = Math.Max(longest, current);
        }

        var fence = new string('`', longest + 1);
        var outer = code.Length > 0 && (code[0] == '`' || code[^1] == '`' || (code[0] == ' ' && code[^1] == ' '));
        var pad = outer && code.Trim(' ').Length > 0 ? " " : "";
        return fence + pad + code + pad + fence;
    }

    private static void Close(StringBuilder text, List<(RunMarks Mark, string Delimiter)> open, RunMarks wanted)
    {
        while (open.Exists(mark => !wanted.HasFlag(mark.Mark)))
        {
            text.Append(open[^1].Delimiter);
            open.RemoveAt(open.Count - 1);
        }
    }

    // The mark that lasts longest is opened first, so that it closes last.
    private static void Open(StringBuilder text, List<(RunMarks Mark, string Delimiter)> open, List<InlineRun> runs, int index)
    {
        var missing = Delimiters
            .Where(mark => runs[index].Marks.HasFlag(mark.Mark) && !open.Contains(mark))
            .OrderByDescending(mark => Length(runs, index, mark.Mark));
        foreach (var mark in missing.ToList())
        {
            text.Append(mark.Delimiter);
            open.Add(mark);
        }
    }

    private static int Length(List<InlineRun> runs, int index, RunMarks mark)
    {
        var end = index;
        while (end < runs.Count && runs[end].Marks.HasFlag(mark) && runs[end].Href == runs[index].Href)
        {
            end++;
        }

        return end - index;
    }

    private static string Target(string href)
    {
        var plain = href.AsSpan().IndexOfAny(NeedsBrackets) < 0;
        return plain ? href : "<" + Angle(href) + ">";
    }

    private static string Angle(string href)
    {
        var target = new StringBuilder(href.Length + 8);
        foreach (var unit in href)
        {
            target.Append(unit switch
            {
                '<' => "%3C",
                '>' => "%3E",
                '\n' => "%0A",
                '|' => "%7C",
                '\\' => "\\\\",
                '&' => "&amp;",
                _ => unit.ToString(),
            });
        }

        return target.ToString();
    }
}
