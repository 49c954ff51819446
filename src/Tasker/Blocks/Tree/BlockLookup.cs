using System.Text;
using System.Text.RegularExpressions;

namespace AgentGateway.Tasker.Blocks.Tree;

/// <summary>The one block a reference names, or the blocks it may have meant.</summary>
internal sealed record BlockMatch(int? Index, IReadOnlyList<Block> Candidates);

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
            var position = int.TryParse(wanted[1..wanted.IndexOf('-', StringComparison.Ordinal)], out var number) ? number - 1 : 0;
            return new BlockMatch(exact.FirstOrDefault(), Near(document, position));
        }

        var hex = wanted.Replace("-", "", StringComparison.Ordinal);
        var matches = hex.Length < 6 || !hex.All(char.IsAsciiHexDigit)
            ? []
            : document.FullIds.Index().Where(id => id.Item?.StartsWith(hex, StringComparison.Ordinal) == true).Select(id => id.Index).ToList();
        return matches.Count == 1
            ? new BlockMatch(matches[0], [])
            : new BlockMatch(null, matches.Count > 0 ? Pick(document, matches) : Similar(document, hex));
    }

    public static BlockMatch Heading(BlockDocument document, string headingOrId)
    {
        var wanted = Fold(headingOrId);
        var headings = document.Nodes.Index().Where(node => node.Item.Type == BlockTypes.Heading).Select(node => node.Index).ToList();
        var matches = headings.Where(index => Fold(document.Texts[index].ToPlainText()) == wanted
            || Fold(document.Blocks[index].Text ?? "") == wanted).ToList();
        if (matches.Count > 0)
        {
            return matches.Count == 1 ? new BlockMatch(matches[0], []) : new BlockMatch(null, Pick(document, matches));
        }

        var found = Find(document, headingOrId);
        return found.Index is { } block && document.Nodes[block].Type != BlockTypes.Heading
            ? new BlockMatch(null, [document.Blocks[block]])
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
