using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace AgentGateway.Tasker.Text;

/// <summary>Ends a page early when its elements would fill a model's context.</summary>
internal static class Page
{
    private const int MostBytes = 24 * 1024;

    /// <summary>As many of the elements as fit, at least one, and whether the list goes on behind them.</summary>
    public static (IReadOnlyList<T> Items, bool More) Cut<T>(IReadOnlyList<T> items, int limit, JsonTypeInfo<T> type)
    {
        var bytes = 0;
        var count = 0;
        while (count < items.Count && count < limit)
        {
            bytes += JsonSerializer.SerializeToUtf8Bytes(items[count], type).Length + 1;
            if (bytes > MostBytes && count > 0)
            {
                break;
            }

            count++;
        }

        return ([.. items.Take(count)], count < items.Count);
    }

    /// <summary>A text cut to so many code points and bytes of UTF-8, never inside a code point.</summary>
    public static (string Text, bool Cut) Text(string text, int codePoints, int bytes)
    {
        var end = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            codePoints--;
            bytes -= rune.Utf8SequenceLength;
            if (codePoints < 0 || bytes < 0)
            {
                return (text[..end], true);
            }

            end += rune.Utf16SequenceLength;
        }

        return (text, false);
    }
}
