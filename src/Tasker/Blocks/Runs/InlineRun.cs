namespace AgentGateway.Tasker.Blocks.Runs;

/// <summary>The marks both Markdown and the editor can express.</summary>
[Flags]
internal enum RunMarks
{
    None = 0,
    Strong = 1,
    Emphasis = 2,
    Strike = 4,
    Code = 8,
}

/// <summary>A stretch of equally marked text; a line break is the character LF; a mention holds its handle.</summary>
internal sealed record InlineRun(string Text, RunMarks Marks = RunMarks.None, string? Href = null, string? Mention = null)
{
    public bool SameStyle(InlineRun other) =>
        Mention is null && other.Mention is null && Marks == other.Marks && Href == other.Href;
}

/// <summary>Text in one canonical form, so that two texts look the same exactly if their runs are equal.</summary>
internal static class RunList
{
    public static List<InlineRun> Merge(IEnumerable<InlineRun> runs)
    {
        var merged = new List<InlineRun>();
        foreach (var run in runs)
        {
            if (run.Mention is null && run.Text.Length == 0)
            {
                continue;
            }

            if (merged.Count > 0 && merged[^1].SameStyle(run))
            {
                merged[^1] = merged[^1] with { Text = merged[^1].Text + run.Text };
            }
            else
            {
                merged.Add(run);
            }
        }

        return merged;
    }

    /// <summary>Several paragraphs as one, with empty lines between them.</summary>
    public static List<InlineRun> Join(IReadOnlyList<List<InlineRun>> paragraphs) =>
        Merge(paragraphs.SelectMany((runs, index) => index == 0 ? runs : [new InlineRun("\n\n"), .. runs]));

    /// <summary>Takes the marks off outer white space: nobody sees them there and Markdown cannot write them.</summary>
    public static List<InlineRun> Canonical(IEnumerable<InlineRun> runs)
    {
        var parts = new List<InlineRun>();
        foreach (var run in Merge(runs))
        {
            if (run.Mention is not null || run.Marks.HasFlag(RunMarks.Code) || (run.Marks == RunMarks.None && run.Href is null))
            {
                parts.Add(run);
                continue;
            }

            var body = run.Text.Trim(' ', '\n', '\t');
            var start = body.Length == 0 ? run.Text.Length : run.Text.IndexOf(body, StringComparison.Ordinal);
            parts.Add(new InlineRun(run.Text[..start]));
            parts.Add(run with { Text = body });
            parts.Add(new InlineRun(run.Text[(start + body.Length)..]));
        }

        return Merge(parts);
    }

    /// <summary>Canonical runs without the white space Markdown drops: at the ends and around line breaks.</summary>
    public static List<InlineRun> Trimmed(IEnumerable<InlineRun> runs)
    {
        var trimmed = Canonical(runs);
        for (var i = 0; i < trimmed.Count; i++)
        {
            if (trimmed[i].Mention is null && !trimmed[i].Marks.HasFlag(RunMarks.Code))
            {
                trimmed[i] = trimmed[i] with { Text = TrimLines(trimmed[i].Text, i == 0, i == trimmed.Count - 1) };
            }
        }

        return Merge(trimmed);
    }

    private static string TrimLines(string text, bool first, bool last)
    {
        if (!text.Contains('\n', StringComparison.Ordinal))
        {
            text = first ? text.TrimStart(' ', '\t') : text;
            return last ? text.TrimEnd(' ', '\t') : text;
        }

        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            lines[i] = i > 0 ? lines[i].TrimStart(' ', '\t') : lines[i];
            lines[i] = i < lines.Length - 1 ? lines[i].TrimEnd(' ', '\t') : lines[i];
        }

        var joined = string.Join('\n', lines);
        joined = first ? joined.TrimStart(' ', '\t', '\n') : joined;
        return last ? joined.TrimEnd(' ', '\t', '\n') : joined;
    }

    public static string PlainText(IEnumerable<InlineRun> runs) =>
        string.Concat(runs.Select(run => run.Mention is null ? run.Text : "@" + run.Text));
}
