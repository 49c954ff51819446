using System.Text;

namespace AgentGateway.Tasker.Blocks.Runs;

/// <summary>How text becomes Markdown: exactly, readably, or readably at the start of lines that a parser sees.</summary>
internal enum EscapeMode
{
    /// <summary>All ASCII punctuation: exact for every text.</summary>
    Full,

    /// <summary>What inline Markdown would take for formatting.</summary>
    Targeted,

    /// <summary>As targeted, and also what would start a block at the start of a line.</summary>
    TargetedLines,
}

/// <summary>Escapes plain text, so that Markdown shows it unchanged.</summary>
internal static class Escape
{
    public static bool IsPunctuation(char unit) =>
        unit is >= '!' and <= '/' or >= ':' and <= '@' or >= '[' and <= '`' or >= '{' and <= '~';

    /// <summary>Exact: the text comes back character by character, white space at the edges included.</summary>
    public static string Full(string text) => Full(text, true, true);

    /// <summary>Readable: only what inline Markdown would interpret is escaped; outer white space is the caller's loss.</summary>
    public static string Targeted(string text) => Targeted(text, false, true);

    public static string Full(string text, bool first, bool last)
    {
        var escaped = new StringBuilder(text.Length * 2);
        for (var i = 0; i < text.Length; i++)
        {
            var unit = text[i];
            var atStart = i == 0 ? first : text[i - 1] == '\n';
            var atEnd = i == text.Length - 1 ? last : text[i + 1] == '\n';
            if (unit == '\n')
            {
                // A backslash before a line end is a hard break, also on an otherwise empty line, but not at the very end.
                escaped.Append(i == text.Length - 1 ? "&#10;" : "\\\n");
            }
            else if (unit == '\t' || (char.IsWhiteSpace(unit) && (atStart || atEnd || IsSpaceRun(text, i))))
            {
                escaped.Append("&#").Append((int)unit).Append(';');
            }
            else
            {
                escaped.Append(IsPunctuation(unit) ? "\\" : "").Append(unit);
            }
        }

        return escaped.ToString();
    }

    // Every white space of a run that reaches the edge of a line is lost, not only its last one.
    private static bool IsSpaceRun(string text, int index) =>
        (index > 0 && char.IsWhiteSpace(text[index - 1])) || (index + 1 < text.Length && char.IsWhiteSpace(text[index + 1]));

    public static string Targeted(string text, bool inLink, bool lineStart, bool blockMarks = false)
    {
        var escaped = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            var unit = text[i];
            var next = i + 1 < text.Length ? text[i + 1] : '\0';
            var before = i > 0 ? text[i - 1] : '\0';
            if (unit == '\n')
            {
                // Two line ends in a row would end the paragraph.
                escaped.Append(next == '\n' || before == '\n' ? "\\\n" : "\n");
                lineStart = true;
                continue;
            }

            if (Interprets(text, i, before, next, inLink) || (blockMarks && lineStart && StartsBlock(text, i)))
            {
                escaped.Append('\\');
            }

            escaped.Append(unit);
            // The digits of a list number keep the line start open for the delimiter that follows them.
            lineStart = lineStart && char.IsAsciiDigit(unit);
        }

        return escaped.ToString();
    }

    private static bool Interprets(string text, int index, char before, char next, bool inLink) => text[index] switch
    {
        '`' or '[' => true,
        ']' => inLink,
        '*' => !(IsBlank(before, index) && IsBlank(next, 1)),
        '_' => !(char.IsAsciiLetterOrDigit(before) && char.IsAsciiLetterOrDigit(next)),
        '~' => before is '~' or '\0' || next is '~' or '\0',
        '\\' => next is '\0' or '\n' || IsPunctuation(next),
        '<' => char.IsAsciiLetter(next) || next is '/' or '!' or '?' or '\0',
        '&' => next == '#' || char.IsAsciiLetter(next) || next == '\0',
        '|' => true,
        '!' => next is '[' or '\0',
        _ => false,
    };

    // Only real blanks stop a star from opening emphasis; the end of the text may be followed by more.
    private static bool IsBlank(char unit, int index) => index > 0 && unit is ' ' or '\n';

    private static bool StartsBlock(string text, int index) => text[index] switch
    {
        '#' or '>' or '-' or '+' or '=' or ':' or '~' or '|' => true,
        '.' or ')' => index > 0 && char.IsAsciiDigit(text[index - 1]),
        _ => false,
    };
}
