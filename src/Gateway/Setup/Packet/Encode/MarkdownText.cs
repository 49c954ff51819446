using System.Globalization;
using System.Text;

namespace AgentGateway.Gateway.Setup.Packet.Encode;

/// <summary>
/// CommonMark 0.31, 2.4 (a backslash makes ASCII punctuation literal), 2.5 (a character reference never has a meaning of
/// its own) and 6.1 (a code span is as long as its run of backticks), with the pipes of GFM tables.
/// </summary>
internal static class MarkdownText
{
    /// <summary>Literal text within a line that something else begins.</summary>
    /// <exception cref="ArgumentException">Markdown cannot hold the character NUL.</exception>
    public static string Inline(string value)
    {
        var runes = Readable(value);
        var text = new StringBuilder(value.Length * 2);
        for (var at = 0; at < runes.Length; at++)
        {
            var rune = runes[at];
            // A parser drops spaces at the ends of a line or a cell.
            var edge = at == 0 || at == runes.Length - 1;
            _ = rune.Value switch
            {
                // A table is cut at its pipes before backslashes are looked at.
                '|' => text.Append("&#124;"),
                ' ' when edge => text.Append("&#32;"),
                _ when PlainRunes.IsAsciiPunctuation(rune) => text.Append('\\').Append((char)rune.Value),
                _ when PlainRunes.IsPlain(rune) => text.Append(rune.ToString()),
                _ => text.Append(CultureInfo.InvariantCulture, $"&#x{rune.Value:X};"),
            };
        }

        return text.ToString();
    }

    /// <summary>A cell of a table: the same rules, since <see cref="Inline"/> lets no pipe and no end of line through.</summary>
    public static string Cell(string value) => Inline(value);

    /// <summary>A code span, where nothing has to be escaped; text that a span would change becomes <see cref="Inline"/> text.</summary>
    public static string Code(string value)
    {
        var runes = Readable(value);
        // An invisible mark stays invisible in a span, and GFM cuts a row at a pipe even there.
        if (runes.Length == 0 || runes.Any(rune => !PlainRunes.IsPlain(rune) || rune.Value == '|'))
        {
            return Inline(value);
        }

        var fence = new string('`', LongestRun(value) + 1);
        var trimmed = value[0] == ' ' && value[^1] == ' ' && value.Any(character => character != ' ');
        var pad = value[0] == '`' || value[^1] == '`' || trimmed ? " " : "";
        return $"{fence}{pad}{value}{pad}{fence}";
    }

    private static Rune[] Readable(string value) => value.Contains('\0', StringComparison.Ordinal)
        ? throw new ArgumentException("Markdown holds no NUL.", nameof(value))
        : [.. PlainRunes.Of(value)];

    private static int LongestRun(string value)
    {
        var (longest, run) = (0, 0);
        foreach (var character in value)
        {
            run = character == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        return longest;
    }
}
