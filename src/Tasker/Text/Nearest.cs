namespace AgentGateway.Tasker.Text;

/// <summary>The names a misspelt one most likely meant.</summary>
internal static class Nearest
{
    private const int Most = 5;

    public static IReadOnlyList<string> To(string folded, IEnumerable<(string Name, string Folded)> known) =>
        [.. known
            .OrderBy(one => Distance(folded, one.Folded))
            .ThenBy(one => one.Name, StringComparer.Ordinal)
            .Select(one => one.Name)
            .Distinct(StringComparer.Ordinal)
            .Take(Most)];

    // A shared beginning or a part counts as nearer than any number of typing errors.
    private static int Distance(string asked, string known) =>
        known.StartsWith(asked, StringComparison.Ordinal) || asked.StartsWith(known, StringComparison.Ordinal) ? 0
        : known.Contains(asked, StringComparison.Ordinal) ? 1
        : 2 + Edits(asked, known);

    private static int Edits(string a, string b)
    {
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
