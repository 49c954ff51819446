using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentGateway.Tasker.Text;

/// <summary>Ends a page early when its elements would fill a model's context.</summary>
internal static class Page
{
    private const int MostBytes = 24 * 1024;

    // What the gateway can still pass on, with the names around it.
    private const int LongestText = 30 * 1024;
    private const string Ellipsis = " … [cut: too long to show]";

    /// <summary>As many of the elements as fit, at least one, and whether the list goes on behind them.</summary>
    public static (IReadOnlyList<T> Items, bool More) Cut<T>(
        IReadOnlyList<T> items, int limit, JsonTypeInfo<T> type, int mostBytes = MostBytes)
    {
        var bytes = 0;
        var count = 0;
        while (count < items.Count && count < limit)
        {
            bytes += JsonSerializer.SerializeToUtf8Bytes(items[count], type).Length + 1;
            if (bytes > mostBytes && count > 0)
            {
                break;
            }

            count++;
        }

        return ([.. items.Take(count)], count < items.Count);
    }

    /// <summary>A text cut to so many code points and bytes of JSON, never inside a code point.</summary>
    public static (string Text, bool Cut) Text(string text, int codePoints, int bytes)
    {
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            codePoints--;
            bytes -= JsonBytes(rune);
            if (codePoints < 0 || bytes < 0)
            {
                return (text[..end], true);
            }

            end += rune.Utf16SequenceLength;
        }

        return (text, false);
    }

    /// <summary>A text as one element of a page may hold it: a longer one ends with the words that say so.</summary>
    public static string Shown(string text, int bytes = LongestText) =>
        text.Length * 12 <= bytes || Text(text, int.MaxValue, bytes) is not { Cut: true } cut ? text : cut.Text + Ellipsis;

    // Quotes, line ends and whatever lies beyond the basic plane cost a model and our limits more than their UTF-8.
    private static int JsonBytes(Rune rune) =>
        rune.IsAscii && rune.Value is >= ' ' and not ('"' or '\\') ? 1
        : !rune.IsBmp ? 12
        : JavaScriptEncoder.UnsafeRelaxedJsonEscaping.WillEncode(rune.Value) ? rune.Value is '"' or '\\' or '\n' or '\t' or '\r' ? 2 : 6
        : rune.Utf8SequenceLength;
}
