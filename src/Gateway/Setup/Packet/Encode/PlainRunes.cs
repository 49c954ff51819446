using System.Globalization;
using System.Text;

namespace AgentGateway.Gateway.Setup.Packet.Encode;

/// <summary>Tells characters that show what they are from those that steer a terminal, a reader's eye or a parser.</summary>
internal static class PlainRunes
{
    /// <exception cref="ArgumentException">The text is not Unicode: half of a surrogate pair stands alone.</exception>
    public static IEnumerable<Rune> Of(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, at, out var rune))
            {
                throw new ArgumentException("Half of a surrogate pair stands alone.", nameof(text));
            }

            yield return rune;
            at += rune.Utf16SequenceLength;
        }
    }

    /// <summary>False for controls, line separators, spaces that look like another, bidirectional and other invisible marks.</summary>
    public static bool IsPlain(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    public static bool IsAsciiPunctuation(Rune rune) =>
        rune.IsAscii && rune.Value is > ' ' and < 0x7F && !char.IsAsciiLetterOrDigit((char)rune.Value);
}
