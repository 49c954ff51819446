using System.Globalization;

namespace AgentGateway.Tasker.Board.Pages;

/// <summary>Stored colours and names become one of the style sheet's hues, each with enough contrast in both themes.</summary>
internal static class Palette
{
    private const int Hues = 12;
    private const double GreyBelow = 0.12;

    /// <summary>A class, not an inline style: the content policy allows none, and stored colours promise no contrast.</summary>
    public static string OfColor(string color)
    {
        if (color is not ['#', ..] || color.Length != 7
            || !int.TryParse(color.AsSpan(1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var rgb))
        {
            return "hue-grey";
        }

        double red = rgb >> 16, green = (rgb >> 8) & 0xFF, blue = rgb & 0xFF;
        var (high, low) = (Math.Max(red, Math.Max(green, blue)), Math.Min(red, Math.Min(green, blue)));
        var range = high - low;
        if (range / 255 < GreyBelow)
        {
            return "hue-grey";
        }

        var sixth = high == red ? (green - blue) / range
            : high == green ? ((blue - red) / range) + 2
            : ((red - green) / range) + 4;
        var hue = (int)Math.Round((sixth + 6) % 6 * Hues / 6) % Hues;
        return $"hue-{hue}";
    }

    public static string OfName(string name)
    {
        uint hash = 2166136261;
        foreach (var letter in name)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return $"hue-{hash % Hues}";
    }

    public static string Initials(string name)
    {
        var words = name.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var letters = words.Take(2).Select(word => StringInfo.GetNextTextElement(word));
        return string.Concat(letters).ToUpperInvariant();
    }
}
