using System.Text;

namespace AgentGateway.Tasker.Blocks.Runs;

/// <summary>Writes runs as the inline HTML of the editor.</summary>
internal static class InlineHtml
{
    /// <summary>The scheme a mention token has until it is woven in or becomes plain text.</summary>
    public const string MentionScheme = "user:";

    private static readonly (RunMarks Mark, string Tag)[] Tags =
    [
        (RunMarks.Strong, "strong"), (RunMarks.Emphasis, "em"), (RunMarks.Strike, "s"), (RunMarks.Code, "code"),
    ];

    public static void Write(IReadOnlyList<InlineRun> runs, StringBuilder html)
    {
        for (var start = 0; start < runs.Count;)
        {
            var href = runs[start].Href;
            var end = start;
            while (end < runs.Count && runs[end].Href == href)
            {
                end++;
            }

            if (href is not null)
            {
                html.Append("<a target=\"_blank\" rel=\"noopener noreferrer nofollow\" href=\"")
                    .Append(Encode(href)).Append("\">");
            }

            WriteMarked(runs, start, end, 0, html);
            html.Append(href is null ? "" : "</a>");
            start = end;
        }
    }

    public static string Encode(string text) => text.AsSpan().IndexOfAny("&<>\"") < 0
        ? text
        : text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    private static void WriteMarked(IReadOnlyList<InlineRun> runs, int start, int end, int depth, StringBuilder html)
    {
        if (depth == Tags.Length)
        {
            for (var i = start; i < end; i++)
            {
                WriteText(runs[i], html);
            }

            return;
        }

        var (mark, tag) = Tags[depth];
        for (var i = start; i < end;)
        {
            var marked = runs[i].Marks.HasFlag(mark);
            var stop = i;
            while (stop < end && runs[stop].Marks.HasFlag(mark) == marked)
            {
                stop++;
            }

            html.Append(marked ? $"<{tag}>" : "");
            WriteMarked(runs, i, stop, depth + 1, html);
            html.Append(marked ? $"</{tag}>" : "");
            i = stop;
        }
    }

    private static void WriteText(InlineRun run, StringBuilder html)
    {
        if (run.Mention is not null)
        {
            html.Append("<a href=\"").Append(MentionScheme).Append(Encode(run.Mention)).Append("\">@")
                .Append(Encode(run.Text)).Append("</a>");
            return;
        }

        html.Append(Encode(run.Text).Replace("\n", "<br>", StringComparison.Ordinal));
    }
}
