using System.Text;
using AgentGateway.Tasker.Blocks.Runs;
using AngleSharp.Dom;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>Shows a table as a pipe table, each cell on one line.</summary>
internal static class TableText
{
    public static string Write(IElement table, Func<string, CardMember?>? memberById)
    {
        var rows = table.QuerySelectorAll("tr").Select(row => Cells(row, memberById)).Where(cells => cells.Count > 0).ToList();
        var columns = rows.Count == 0 ? 0 : rows.Max(cells => cells.Count);
        var text = new StringBuilder();
        for (var i = 0; i < rows.Count; i++)
        {
            Line(text, rows[i].Concat(Enumerable.Repeat("", columns - rows[i].Count)));
            if (i == 0)
            {
                Line(text, Enumerable.Repeat("---", columns));
            }
        }

        return text.ToString().TrimEnd('\n');
    }

    private static List<string> Cells(IElement row, Func<string, CardMember?>? memberById) => row.Children
        .Where(cell => cell.LocalName is "td" or "th")
        .Select(cell => string.Join(' ', cell.Children.Select(part => Cell(part, memberById))))
        .ToList();

    private static string Cell(IElement part, Func<string, CardMember?>? memberById)
    {
        var runs = InlineReader.Read(part.ChildNodes, memberById).Runs
            .Select(run => run with { Text = run.Text.Replace('\n', ' ') })
            .Select(run => run.Marks.HasFlag(RunMarks.Code) && run.Text.Contains('|', StringComparison.Ordinal)
                ? run with { Marks = run.Marks & ~RunMarks.Code }
                : run);
        return InlineMarkdown.Write(runs.ToList(), EscapeMode.Targeted);
    }

    private static void Line(StringBuilder text, IEnumerable<string> cells) =>
        text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
