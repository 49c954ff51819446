using System.Globalization;
using System.Text;

namespace AgentGateway.Tasker.Blocks.Guard;

/// <summary>Removes characters a reader cannot see and refuses those a database cannot store.</summary>
internal static class TextRules
{
    /// <summary>Text as it may be stored: line ends are LF; NUL and lone surrogates are refused.</summary>
    public static string Accept(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                throw new ContentRefusedException(BlockCodes.ValidationFailed, "The text contains the character U+0000.");
            }

            if (!char.IsSurrogate(text[i]))
            {
                continue;
            }

            if (i + 1 >= text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
            {
                throw new ContentRefusedException(BlockCodes.ValidationFailed, "The text contains half of a surrogate pair.");
            }

            i++;
        }

        return Strip(text);
    }

    /// <summary>Text as the model may see it: no invisible, direction or tag characters, no terminal controls.</summary>
    public static string Strip(string text)
    {
        if (!NeedsWork(text))
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        var before = default(Rune);
        for (var i = 0; i < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var used) != System.Buffers.OperationStatus.Done)
            {
                i += used;
                continue;
            }

            i += used;
            if (rune.Value == '\r')
            {
                rune = new Rune('\n');
                i += i < text.Length && text[i] == '\n' ? 1 : 0;
            }

            if (Keeps(rune, before, text.AsSpan(i)))
            {
                clean.Append(rune);
                before = rune;
            }
        }

        return clean.ToString();
    }

    private static bool NeedsWork(string text)
    {
        foreach (var unit in text)
        {
            if (unit is < ' ' and not ('\n' or '\t') or >= '\u007F' and <= '\u009F' or '\u061C' or '\u180E'
                or >= '\u200B' and <= '\u200F' or >= '\u202A' and <= '\u202E' or >= '\u2060' and <= '\u206F'
                or >= '\uFE00' and <= '\uFE0F' or '\uFEFF' or >= '\uFFF9' and <= '\uFFFB'
                || char.IsSurrogate(unit))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Keeps(Rune rune, Rune before, ReadOnlySpan<char> after) => rune.Value switch
    {
        '\n' or '\t' => true,
        < ' ' => false,
        >= 0x7F and <= 0x9F => false,
        0x200D => (IsPictograph(before) || before.Value is 0xFE0F or (>= 0x1F3FB and <= 0x1F3FF)) && StartsWithPictograph(after),
        0x061C or 0x180E or 0xFEFF => false,
        >= 0x200B and <= 0x200F => false,
        >= 0x202A and <= 0x202E => false,
        >= 0x2060 and <= 0x206F => false,
        >= 0xFFF9 and <= 0xFFFB => false,
        0xFE0E or 0xFE0F => IsPictograph(before) || (before.Value is >= '0' and <= '9' or '#' or '*' && StartsWithKeycap(after)),
        // One selector after a letter of a script that has variants is text; anywhere else it can only carry hidden data.
        >= 0xFE00 and <= 0xFE0D => Rune.GetUnicodeCategory(before) is UnicodeCategory.OtherLetter or UnicodeCategory.MathSymbol,
        >= 0xE0100 and <= 0xE01EF => Rune.GetUnicodeCategory(before) == UnicodeCategory.OtherLetter,
        >= 0xE0000 and <= 0xE0FFF => false,
        _ => true,
    };

    private static bool StartsWithKeycap(ReadOnlySpan<char> after) => after.Length > 0 && after[0] == '\u20E3';

    private static bool StartsWithPictograph(ReadOnlySpan<char> after) =>
        Rune.DecodeFromUtf16(after, out var next, out _) == System.Buffers.OperationStatus.Done && IsPictograph(next);

    private static bool IsPictograph(Rune rune) => rune.Value is 0xA9 or 0xAE or 0x203C or 0x2049 or 0x2122 or 0x2139
        or (>= 0x2190 and <= 0x21FF) or (>= 0x2300 and <= 0x23FF) or (>= 0x2460 and <= 0x24FF) or (>= 0x25A0 and <= 0x27BF)
        or (>= 0x2900 and <= 0x297F) or (>= 0x2B00 and <= 0x2BFF) or 0x3030 or 0x303D or 0x3297 or 0x3299
        or (>= 0x1F000 and <= 0x1FAFF);
}
