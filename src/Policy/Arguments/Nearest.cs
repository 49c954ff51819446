namespace AgentGateway.Policy.Arguments;

/// <summary>Picks at most five names that a mistyped one may have meant, best first.</summary>
internal static class Nearest
{
    private const int MaxCandidates = 5;
    private const int MaxLength = 64;

    public static IReadOnlyList<string> Of(string text, IReadOnlyList<string> names)
    {
        var wanted = text.Length <= MaxLength ? text : text[..MaxLength];
        return
        [
            .. names.Select(name => (name, distance: Distance(wanted, name)))
                .OrderBy(pair => pair.distance)
                .ThenBy(pair => pair.name, StringComparer.Ordinal)
                .Take(MaxCandidates)
                .Select(pair => pair.name),
        ];
    }

    // Levenshtein over one row; both texts are short by construction.
    private static int Distance(string left, string right)
    {
        var row = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++)
        {
            row[j] = j;
        }

        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                var best = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + same);
                diagonal = row[j];
                row[j] = best;
            }
        }

        return row[right.Length];
    }
}
