using System.Globalization;

namespace AgentGateway.Policy;

/// <summary>A card's name, <c>NDC-12</c>: parsed and rebuilt, so that no byte of the agent's text reaches a path.</summary>
public readonly record struct CardKey(string Prefix, int Number)
{
    private const int MaxPrefixLength = 12;

    // Cyrillic capitals that look like Latin ones: people copy keys such as "NDС-12" from Russian text.
    private const string Lookalikes = "АВЕКМНОРСТУХ";
    private const string Latin = "ABEKMHOPCTYX";

    public override string ToString() => $"{Prefix}-{Number.ToString(CultureInfo.InvariantCulture)}";

    public static bool TryParse(string? text, out CardKey key)
    {
        key = default;
        var trimmed = text?.Trim() ?? "";
        var dash = trimmed.LastIndexOf('-');
        if (dash is < 1 or > MaxPrefixLength)
        {
            return false;
        }

        Span<char> prefix = stackalloc char[dash];
        for (var i = 0; i < dash; i++)
        {
            var upper = char.ToUpperInvariant(trimmed[i]);
            var at = Lookalikes.IndexOf(upper, StringComparison.Ordinal);
            prefix[i] = at < 0 ? upper : Latin[at];
            if (!char.IsAsciiLetterUpper(prefix[i]) && !(i > 0 && char.IsAsciiDigit(prefix[i])))
            {
                return false;
            }
        }

        var digits = trimmed.AsSpan(dash + 1);
        if (digits.Length is 0 or > 9 || digits[0] == '0' || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        key = new CardKey(new string(prefix), int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture));
        return true;
    }
}
