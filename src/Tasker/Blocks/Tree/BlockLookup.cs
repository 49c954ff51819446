using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>The one block a reference names, or the blocks it may have meant.</summary>
internal sealed record BlockMatch(int? Index, IReadOnlyList<Block> Candidates)
{
    public bool Ambiguous { get; init; }

    /// <summary>True if the reference names a block that is not a heading where one is wanted.</summary>
    public bool WrongType { get; init; }
}

/// <summary>Finds blocks by id prefix and sections by heading.</summary>
internal static partial class BlockLookup
{
    private const int MaxCandidates = 5;

    public static BlockMatch Find(BlockDocument document, string reference)
    {
        var wanted = reference.Trim().ToLowerInvariant();
        if (Positional().IsMatch(wanted))
        {
            var exact = document.Blocks.Index().Where(block => block.Item.Id == wanted).Select(block => (int?)block.Index);
            var digits = wanted.AsSpan(1, wanted.IndexOf('-', StringComparison.Ordinal) - 1);
            var number = int.Parse(digits, CultureInfo.InvariantCulture);
            return new BlockMatch(exact.FirstOrDefault(), Near(document, number - 1));
        }

        var hex = wanted.Replace("-", "", StringComparison.Ordinal);
        var matches = hex.Length < 6
            ? []
            : Indexes(document.FullIds, id => id?.StartsWith(hex, StringComparison.Ordinal) == true);
        return matches.Count switch
        {
            0 => new BlockMatch(null, Similar(document, hex)),
            1 => new BlockMatch(matches[0], []),
            _ => new BlockMatch(null, Pick(document, matches)) { Ambiguous = true },
        };
    }

    public static BlockMatch Heading(BlockDocument document, string headingOrId)
    {
        var wanted = Fold(headingOrId);
        var headings = Indexes(document.Nodes, node => node.Type == BlockTypes.Heading);
        var matches = headings.Where(index => Fold(document.Texts[index].ToPlainText()) == wanted
            || Fold(document.Blocks[index].Text ?? "") == wanted).ToList();
        if (matches.Count > 0)
        {
            return matches.Count == 1
                ? new BlockMatch(matches[0], [])
                : new BlockMatch(null, Pick(document, matches)) { Ambiguous = true };
        }

        var found = Find(document, headingOrId);
        return found.Index is { } block && document.Nodes[block].Type != BlockTypes.Heading
            ? new BlockMatch(null, [document.Blocks[block]]) { WrongType = true }
            : found;
    }

    /// <summary>True for a reference that can only be meant as an id, so that no heading is made of a stale one.</summary>
    public static bool LooksLikeId(string reference)
    {
        var wanted = reference.Trim();
        return Positional().IsMatch(wanted.ToLowerInvariant()) || HexId().IsMatch(wanted);
    }

    public static string Fold(string text) =>
        string.Join(' ', text.Split([' ', '\n', '\t', '\u00A0'], StringSplitOptions.RemoveEmptyEntries))
            .Normalize(NormalizationForm.FormC).ToLowerInvariant();

    private static List<int> Indexes<T>(IEnumerable<T> items, Func<T, bool> wanted) =>
        [.. items.Index().Where(item => wanted(item.Item)).Select(item => item.Index)];

    private static List<Block> Pick(BlockDocument document, IEnumerable<int> indexes) =>
        [.. indexes.Take(MaxCandidates).Select(index => document.Blocks[index])];

    private static List<Block> Near(BlockDocument document, int position) =>
        Pick(document, Enumerable.Range(0, document.Blocks.Count).OrderBy(index => Math.Abs((long)index - position)));

    private static List<Block> Similar(BlockDocument document, string hex) => hex.Length == 0
        ? []
        : Pick(document, document.FullIds.Index()
            .Where(id => id.Item is not null && id.Item.AsSpan().CommonPrefixLength(hex) >= 3)
            .OrderByDescending(id => id.Item.AsSpan().CommonPrefixLength(hex))
            .Select(id => id.Index));

    [GeneratedRegex("^t[0-9]{1,6}-[0-9a-f]{4}$", RegexOptions.CultureInvariant)]
    private static partial Regex Positional();

    [GeneratedRegex("^(?=.*[0-9])[0-9a-f]{6,32}$|^[0-9a-f]{8}(?:-[0-9a-f]{0,12}){1,4}$", RegexOptions.CultureInvariant)]
    private static partial Regex HexId();
}
