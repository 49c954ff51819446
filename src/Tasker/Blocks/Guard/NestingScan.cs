using System.Buffers;

namespace AgentGateway.Tasker.Blocks.Guard;

/// <summary>Estimates in one pass how deep HTML nests, because parsing takes quadratic time in the depth.</summary>
internal static class NestingScan
{
    // Far above what the tree may have, so that only the absurd is refused unparsed.
    private const int Limit = 8 * Limits.Depth;

    // These close by themselves or never open, so an omitted end tag says nothing about the depth.
    private static readonly HashSet<string> Uncounted = new(StringComparer.OrdinalIgnoreCase)
    {
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p", "source",
        "tbody", "td", "tfoot", "th", "thead", "tr", "track", "wbr",
    };

    private static readonly SearchValues<char> NameEnds = SearchValues.Create(" \t\n\r\f/>");

    private static readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> IsUncounted =
        Uncounted.GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool IsTooDeep(ReadOnlySpan<char> html)
    {
        var open = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var count = open.GetAlternateLookup<ReadOnlySpan<char>>();
        var depth = 0;
        for (var at = html.IndexOf('<'); at >= 0; at = html.IndexOf('<'))
        {
            html = html[(at + 1)..];
            var closes = html is ['/', ..];
            var name = Name(closes ? html[1..] : html);
            if (name.IsEmpty || IsUncounted.Contains(name))
            {
                continue;
            }

            // An end tag counts only if it can close something; others are ignored by the parser as well.
            var opened = count.TryGetValue(name, out var known) ? known : 0;
            var step = !closes ? 1 : opened > 0 ? -1 : 0;
            count[name] = opened + step;
            depth += step;
            if (depth > Limit)
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> Name(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || !char.IsAsciiLetter(text[0]))
        {
            return [];
        }

        var end = text.IndexOfAny(NameEnds);
        return end < 0 ? text : text[..end];
    }
}
