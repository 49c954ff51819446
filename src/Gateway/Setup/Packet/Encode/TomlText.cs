using System.Globalization;
using System.Text;

namespace AgentGateway.Gateway.Setup.Packet.Encode;

/// <summary>
/// TOML 1.0.0, "String" and "Keys": a basic string escapes quotation mark, backslash and controls; a key outside of
/// <c>A-Za-z0-9_-</c> is such a string too. What cannot be seen is escaped although it need not be.
/// </summary>
internal static class TomlText
{
    public static string BasicString(string value)
    {
        var text = new StringBuilder("\"", value.Length + 2);
        foreach (var rune in PlainRunes.Of(value))
        {
            _ = rune.Value switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                _ when PlainRunes.IsPlain(rune) => text.Append(rune.ToString()),
                <= 0xFFFF => text.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:X4}"),
                _ => text.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:X8}"),
            };
        }

        return text.Append('"').ToString();
    }

    public static string Key(string value) =>
        value.Length > 0 && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-')
            ? value
            : BasicString(value);
}
